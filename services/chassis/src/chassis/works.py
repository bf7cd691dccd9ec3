"""What a room does with events: folds them into views, reacts with commands, keeps them, has effects outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from contracts.base import Command, Event

from chassis import telemetry
from chassis.commands import Decisions
from chassis.decider import Asker
from chassis.events import Meta
from chassis.folding import fold
from chassis.store import Cause, Connection
from chassis.views import AnyView

if TYPE_CHECKING:
    from chassis.room import Context

E = TypeVar("E", bound=Event)
Reaction = Callable[[Any, Meta], Sequence[Command]]
Effect = Callable[[Any, Meta, Any], Awaitable[None]]
Events = Sequence[tuple[Meta, Event]]


class Reactions:
    """Their event → our commands, in the transaction that moves the position. Pure."""

    def __init__(self) -> None:
        self.steps: dict[type[Event], Reaction] = {}

    def on(
        self, event: type[E]
    ) -> Callable[[Callable[[E, Meta], Sequence[Command]]], Callable[[E, Meta], Sequence[Command]]]:
        def decorate(react: Callable[[E, Meta], Sequence[Command]]) -> Callable[[E, Meta], Sequence[Command]]:
            if event in self.steps:
                raise ValueError(f"two reactions to {event.__name__}")
            self.steps[event] = react
            return react

        return decorate


class Effects:
    """Their event → something outside: a mail, a call. At least once, so each needs a key of its own: `meta.id`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[type[Event], Effect] = {}

    def on(
        self, event: type[E]
    ) -> Callable[[Callable[[E, Meta, Context], Awaitable[None]]], Callable[[E, Meta, Context], Awaitable[None]]]:
        def decorate(
            effect: Callable[[E, Meta, Context], Awaitable[None]],
        ) -> Callable[[E, Meta, Context], Awaitable[None]]:
            if event in self.steps:
                raise ValueError(f"two effects {self.name} of {event.__name__}")
            self.steps[event] = effect
            return effect

        return decorate


class Folding:
    """`name` is "views": a rebuild begins its positions anew and nothing else."""

    name = "views"
    inside = True
    derived = True

    def __init__(self, views: Sequence[AnyView]) -> None:
        self.views = views
        self.types = frozenset(event for view in views for event in view.steps)

    async def handle(self, conn: Connection | None, events: Events) -> None:
        assert conn is not None
        await fold(conn, self.views, events)

    def done(self) -> None:
        """Who waits for the views watches their position."""


class Reacting:
    name = "reactions"
    inside = True
    derived = False

    def __init__(self, room: str, reactions: Reactions, decisions: Decisions, said: Callable[[], None]) -> None:
        self.room, self.reactions, self.decisions, self.done = room, reactions, decisions, said
        self.types = frozenset(reactions.steps)

    async def handle(self, conn: Connection | None, events: Events) -> None:
        assert conn is not None
        asked: list[tuple[Command, Asker, Cause, dict[tuple[str, Any], Any]]] = []
        for meta, event in events:
            with telemetry.span(f"{self.room} hears {meta.type}", meta.traceparent):
                who = Asker(meta.tenant, "room", name=meta.user_name or self.room)
                cause = Cause(causation=meta.id, traceparent=telemetry.traceparent())
                asked += [(command, who, cause, {}) for command in self.reactions.steps[type(event)](event, meta)]
        if asked:
            await self.decisions.decide_all(conn, asked)


class Keeping:
    """Their events → rows in tables of the room's own, many at once, in the transaction that moves the position."""

    inside = True
    derived = False

    def __init__(
        self,
        name: str,
        types: Sequence[type[Event]],
        keep: Callable[[Connection, Events], Awaitable[None]],
        done: Callable[[], None],
    ) -> None:
        self.name, self.types, self.keep, self.done = name, frozenset(types), keep, done

    async def handle(self, conn: Connection | None, events: Events) -> None:
        assert conn is not None
        await self.keep(conn, events)


class Acting:
    inside = False
    derived = False

    def __init__(self, room: str, effects: Effects, ctx: Context) -> None:
        self.room, self.effects, self.ctx = room, effects, ctx
        self.name = effects.name
        self.types = frozenset(effects.steps)

    async def handle(self, conn: Connection | None, events: Events) -> None:
        for meta, event in events:
            with telemetry.span(f"{self.room} {self.name} {meta.type}", meta.traceparent):
                await self.effects.steps[type(event)](event, meta, self.ctx)

    def done(self) -> None:
        """What it does is done outside; nobody here waits for it."""
