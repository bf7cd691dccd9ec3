"""Carries out commands: load the stream, decide, append at the expected version, and again if somebody was faster."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
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
Key = tuple[str, UUID, str]
"""Of a stream: the name of its decider, the tenant, the stream."""
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
        self._by_name = {decider.name: decider for decider in self.deciders}
        self._by_command = {command: decider for decider in self.deciders for command in decider.commands}
        self._states: OrderedDict[Key, tuple[int, Any]] = OrderedDict()

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
        keys = [self._key(command, who) for command, who, _, _ in asked]
        states = await self._load(conn, keys)
        facts = await self._facts(conn, asked)
        if remember:
            for key, found in states.items():
                self._remember(key, found)
        new: list[Row] = []
        outcomes: list[Outcome] = []
        written: list[tuple[Along, Command, Sequence[Event], Asked]] = []
        now = datetime.now(UTC)
        for key, (command, who, cause, _), known in zip(keys, asked, facts, strict=True):
            decider = self._by_command[type(command)]
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

    def _key(self, command: Command, who: Asker) -> Key:
        decider = self._by_command[type(command)]
        return decider.name, who.tenant, decider.stream(command)

    async def _load(self, conn: Connection, keys: Sequence[Key]) -> dict[Key, tuple[int, Any]]:
        states = {key: self._states.get(key) or (0, self._by_name[key[0]].initial) for key in keys}
        wanted = {(tenant, stream): (name, tenant, stream) for name, tenant, stream in states}
        known = [(tenant, stream, states[key][0]) for (tenant, stream), key in wanted.items()]
        for place, said in groupby(await load(conn, known), key=itemgetter(0, 1)):
            key = wanted[place]
            version, state = states[key]
            evolve = self._by_name[key[0]].evolve
            for _, _, number, kind, body in said:
                version, state = number, evolve(state, Event.recorded(kind, body))
            states[key] = (version, state)
        return states

    def _remember(self, key: Key, found: tuple[int, Any]) -> None:
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
