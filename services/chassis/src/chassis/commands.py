"""Carries out commands: load the stream, decide, append at the expected version, and again if somebody was faster."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.base import Command, Event
from psycopg_pool import AsyncConnectionPool

from chassis.backoff import Pause
from chassis.decider import Asked, Asker, Decider
from chassis.pool import on_a_living_connection
from chassis.rows import across
from chassis.store import Cause, Conflict, Connection, Row, insert, load, rows
from chassis.views import AnyView

Facts = dict[tuple[str, str], Any]
Before = Callable[[Any, Asker, Any], Awaitable[Mapping[tuple[str, Any], Any]]]
"""async (command, who, ctx) → facts; runs outside of any transaction."""
Along = Callable[[Connection, Any, Sequence[Event], Asked], Awaitable[None]]
"""async (conn, command, events, asked); writes in the transaction that appends."""

TRIES = 30
REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command said, and the version at which its stream is now."""

    stream: str
    version: int
    events: tuple[Event, ...]


@dataclass
class Decisions:
    """The deciders of a room, with the states of the streams that were used last."""

    room: str
    deciders: Sequence[Decider[Any]]
    views: Mapping[str, AnyView]
    before: Mapping[type[Command], Before] = field(default_factory=dict)
    along: Mapping[type[Command], Along] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_command = {command: decider for decider in self.deciders for command in decider.commands}
        self._states: OrderedDict[tuple[str, UUID, str], tuple[int, Any]] = OrderedDict()

    def decider_of(self, command: type[Command]) -> Decider[Any] | None:
        return self._by_command.get(command)

    @property
    def commands(self) -> dict[str, type[Command]]:
        return {command.__name__: command for command in self._by_command}

    async def execute(self, pool: AsyncConnectionPool, command: Command, who: Asker, cause: Cause, ctx: Any) -> Outcome:
        """Refused as the decider says. Nothing else is open while a slow hook works."""
        hook = self.before.get(type(command))
        extra = await hook(command, who, ctx) if hook else {}
        pause = Pause(0.002, 0.1)

        async def once(conn: Connection) -> Outcome:
            if type(command) not in self.along:
                return (await self.decide_all(conn, [(command, who, cause, extra)], remember=True))[0]
            async with conn.transaction():
                return (await self.decide_all(conn, [(command, who, cause, extra)], remember=True))[0]

        for attempt in range(1, TRIES + 1):
            try:
                return await on_a_living_connection(pool, once)
            except Conflict:
                if attempt == TRIES:
                    raise
                await pause.wait()
        raise AssertionError("unreachable")

    async def decide_all(
        self,
        conn: Connection,
        asked: Sequence[tuple[Command, Asker, Cause, Mapping[tuple[str, Any], Any]]],
        *,
        remember: bool = False,
    ) -> list[Outcome]:
        """In this order, each seeing what those before it said; all events are appended with one statement.

        `remember` only where this is all that the transaction appends: what it sees of its own may be rolled back.
        """
        states = await self._load(conn, asked)
        facts = await self._facts(conn, asked)
        if remember:
            for key, found in states.items():
                self._remember(key, found)
        new: list[Row] = []
        outcomes: list[Outcome] = []
        written: list[tuple[Along, Command, Sequence[Event], Asked]] = []
        now = datetime.now(UTC)
        for (command, who, cause, _), known in zip(asked, facts, strict=True):
            decider = self._by_command[type(command)]
            key = (decider.name, who.tenant, decider.stream(command))
            version, state = states[key]
            circumstances = Asked(who, now, known)
            said = list(decider.decide(command, state, circumstances))
            new += rows(who.tenant, key[2], version, said, who, cause, now)
            for event in said:
                state = decider.evolve(state, event)
            states[key] = (version + len(said), state)
            outcomes.append(Outcome(key[2], version + len(said), tuple(said)))
            if hook := self.along.get(type(command)):
                written.append((hook, command, said, circumstances))
        await insert(conn, new)
        for hook, command, events, circumstances in written:
            await hook(conn, command, events, circumstances)
        return outcomes

    async def _load(
        self, conn: Connection, asked: Sequence[tuple[Command, Asker, Cause, Mapping[tuple[str, Any], Any]]]
    ) -> dict[tuple[str, UUID, str], tuple[int, Any]]:
        wanted: dict[tuple[UUID, str], tuple[str, UUID, str]] = {}
        states: dict[tuple[str, UUID, str], tuple[int, Any]] = {}
        for command, who, _, _ in asked:
            decider = self._by_command[type(command)]
            key = (decider.name, who.tenant, decider.stream(command))
            if key not in states:
                states[key] = self._states.get(key) or (0, decider.initial)
                wanted[(who.tenant, key[2])] = key
        by_name = {decider.name: decider for decider in self.deciders}
        known = [(tenant, stream, states[key][0]) for (tenant, stream), key in wanted.items()]
        for tenant, stream, version, kind, body in await load(conn, known):
            key = wanted[(tenant, stream)]
            decider = by_name[key[0]]
            states[key] = (version, decider.evolve(states[key][1], Event.recorded(kind, body)))
        return states

    def _remember(self, key: tuple[str, UUID, str], found: tuple[int, Any]) -> None:
        if found[0]:
            self._states[key] = found
            self._states.move_to_end(key)
            if len(self._states) > REMEMBERED:
                self._states.popitem(last=False)

    async def _facts(
        self, conn: Connection, asked: Sequence[tuple[Command, Asker, Cause, Mapping[tuple[str, Any], Any]]]
    ) -> list[Facts]:
        """What each of them needs to know, with one question for all."""
        needed = [
            [(view, str(key)) for view, key in self._by_command[type(command)].needs(command)]
            for command, _, _, _ in asked
        ]
        wanted = {(view, one[1].tenant, key) for one, places in zip(asked, needed, strict=True) for view, key in places}
        found = await across(conn, [(self.views[view], tenant, key) for view, tenant, key in wanted])
        return [
            {place: found.get((place[0], who.tenant, place[1])) for place in places}
            | {(view, str(key)): value for (view, key), value in extra.items()}
            for (_, who, _, extra), places in zip(asked, needed, strict=True)
        ]
