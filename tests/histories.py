"""The whole portal without a machine: the real rules and reactions of all rooms, their views folded in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from json import loads
from typing import Any
from uuid import UUID, uuid4

from billing.__main__ import room as billing
from catalog.__main__ import room as catalog
from chassis.decider import Asked, Asker, Decider, Refused
from chassis.events import Meta, grouped_by, partition_of
from chassis.folding import folded
from chassis.room import Room
from chassis.views import AnyView
from contracts.base import Command, Event
from contracts.export import ROOT
from contracts.identity.invitation import InviteUser, RegisterUser
from contracts.identity.password import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.identity.user import ChangeRights, RemoveUser
from contracts.values import Role
from erp_bridge.__main__ import room as erp_bridge
from gateway.discovery import views as views_of_the_gateway
from identity.__main__ import room as identity
from identity.account import Account, Status
from identity.customer import Customer
from jsonschema import Draft202012Validator
from orders.__main__ import room as orders
from quotes.__main__ import room as quotes

ROOMS: dict[str, Room] = {room.name: room for room in (erp_bridge, identity, catalog, orders, quotes, billing)}
VIEWS: dict[str, Sequence[AnyView]] = {
    **{name: room.views for name, room in ROOMS.items()},
    "gateway": views_of_the_gateway(),
}
TENANT = UUID("0e9ab1b6-1a3f-5c7c-8f42-6f2d7a1c0d11")
ERP = Asker(TENANT, "erp", "ERP")
OPERATOR = Asker(TENANT, "operator", "Betrieb")
GUEST = Asker(TENANT, "guest")
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)

Said = tuple[Meta, Event]
Docs = dict[tuple[UUID, str], Any]


def decider_of(room: Room, command: type[Command]) -> Decider[Any]:
    return next(decider for decider in room.deciders if command in decider.commands)


@cache
def schema(room: str, kind: str, name: str) -> Draft202012Validator:
    """As it was committed, not as the class says now."""
    return Draft202012Validator(loads((ROOT / "schemas" / room / kind / f"{name}.json").read_text()))


def check_body(body: Event | Command) -> None:
    """What is written down for other programs holds, and what was written can be read again."""
    kind, text = ("events" if isinstance(body, Event) else "commands"), body.model_dump_json()
    schema(body.room, kind, type(body).__name__).validate(loads(text))
    assert type(body).read(text) == body


@dataclass
class World:
    """All rooms of one firm. Events reach a room one topic after the other, when `settle` lets them."""

    now: datetime = MONDAY
    said: dict[str, list[Said]] = field(default_factory=lambda: {name: [] for name in ROOMS})
    all: list[Said] = field(default_factory=list)
    asked: list[Command] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    streams: dict[tuple[str, str], list[Event]] = field(default_factory=dict)
    states: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    heard: dict[tuple[str, str], int] = field(default_factory=dict)
    docs: dict[str, dict[str, Docs]] = field(default_factory=lambda: {room: {} for room in VIEWS})

    # -- asking -------------------------------------------------------------------------------------------------

    def ask(self, command: Command, who: Asker, *found: tuple[str, UUID | str]) -> list[Event]:
        """Somebody asks over HTTP; nothing if it is refused. `found`: what a hook saw to be right, as a password."""
        facts = {**self.known_before(command), **{(name, str(key)): True for name, key in found}}
        try:
            return self.decide(command, who, facts, None)
        except Refused as refused:
            self.refused.append(refused)
            return []

    def decide(
        self, command: Command, who: Asker, facts: Mapping[tuple[str, str], Any], cause: Meta | None
    ) -> list[Event]:
        check_body(command)
        self.asked.append(command)
        room = ROOMS[command.room]
        decider = decider_of(room, type(command))
        stream = decider.stream(command)
        self.now += timedelta(seconds=7)
        views = {view.name: view for view in room.views}
        needed = {
            (view, str(key)): self.docs[room.name].get(views[view].name, {}).get((TENANT, str(key)))
            for view, key in decider.needs(command)
        }
        state = self.state(room.name, decider, stream)
        events = list(decider.decide(command, state, Asked(who, self.now, {**facts, **needed})))
        for event in events:
            state = decider.evolve(state, event)
        self.states[room.name, decider.name, stream] = state
        self.append(room.name, stream, events, who, cause)
        return events

    def state(self, room: str, decider: Decider[Any], stream: str) -> Any:
        return self.states.get((room, decider.name, stream), decider.initial)

    def append(self, room: str, stream: str, events: Iterable[Event], who: Asker, cause: Meta | None = None) -> None:
        log = self.streams.setdefault((room, stream), [])
        for event in events:
            log.append(event)
            if not event.public:
                continue
            check_body(event)
            partition = partition_of(grouped_by(event, stream))
            number = self.numbers.get((room, partition), 0) + 1
            self.numbers[room, partition] = number
            meta = Meta(
                id=uuid4(),
                tenant=TENANT,
                stream=stream,
                version=len(log),
                type=type(event).__name__,
                room=room,
                partition=partition,
                number=number,
                time=self.now,
                user=who.user,
                user_name=who.name,
                customer=getattr(event, "customer", who.customer),
                causation=cause.id if cause else None,
                request=None,
                traceparent=None,
            )
            self.said[room].append((meta, event))
            self.all.append((meta, event))

    def reports(self, customer: UUID | None, *events: Event) -> None:
        """The ERP says it through the bridge, which has no rules to refuse it."""
        for event in events:
            stream = (
                f"customer:{customer}" if customer else f"{type(event).__name__}:{next(iter(dict(event).values()))}"
            )
            self.now += timedelta(seconds=1)
            self.append("erp-bridge", stream, [event], ERP)

    # -- hearing ------------------------------------------------------------------------------------------------

    def settle(self, pick: Callable[[int], int] = lambda count: 0) -> None:
        """Until everybody has heard everything; `pick` chooses, again and again, which room hears which topic next."""
        while waiting := [
            (room, topic)
            for room in VIEWS
            for topic in ROOMS
            if self.heard.get((room, topic), 0) < len(self.said[topic])
        ]:
            self.hear(*waiting[pick(len(waiting))])

    def hear(self, room: str, topic: str) -> None:
        place = self.heard.get((room, topic), 0)
        self.heard[room, topic] = place + 1
        meta, event = self.said[topic][place]
        for view in VIEWS[room]:
            touched = folded(view, self.docs[room].setdefault(view.name, {}), [(meta, event)])
            self.docs[room][view.name].update({key: kept(view, key, doc) for key, doc in touched.items()})
        reactions = ROOMS[room].reactions if room in ROOMS else None
        react = reactions.steps.get(type(event)) if reactions else None
        for command in react(event, meta) if react else ():
            # A room that refuses what another one reports would park its stream: Refused is let through.
            self.decide(command, Asker(TENANT, "room", meta.user_name or room), {}, meta)

    # -- what the hooks of identity find out ---------------------------------------------------------------------

    def known_before(self, command: Command) -> dict[tuple[str, str], Any]:
        facts: dict[tuple[str, str], Any] = {}
        match command:
            case InviteUser():
                facts = {("customers", str(command.customer)): self.customer(command.customer)}
            case RegisterUser() | RequestPasswordReset() | ResetPassword() | ChangePassword():
                facts = {("tenants", str(TENANT)): self.of_identity("tenant", TENANT).latest, ("password", "hash"): "…"}
                if (customer := self.account(command.user).customer) is not None:
                    facts[("customers", str(customer))] = self.customer(customer)
            case ChangeRights() | RemoveUser():
                facts = {("administrators", str(command.customer)): self.administrators(command.customer)}
        if isinstance(command, InviteUser | ChangeRights):
            facts |= {("sites", str(site)): self.of_identity("site", site).latest for site in command.sites or ()}
        return facts

    def of_identity(self, name: str, key: UUID) -> Any:
        decider = next(one for one in identity.deciders if one.name == name)
        return self.state("identity", decider, f"{name}:{key}")

    def customer(self, customer: UUID) -> Customer:
        found: Customer = self.of_identity("customer", customer)
        return found

    def account(self, user: UUID) -> Account:
        found: Account = self.of_identity("user", user)
        return found

    def administrators(self, customer: UUID) -> frozenset[UUID]:
        users = [
            UUID(key.removeprefix("user:")) for room, name, key in self.states if (room, name) == ("identity", "user")
        ]
        accounts = {user: self.account(user) for user in users}
        return frozenset(
            user
            for user, one in accounts.items()
            if (one.customer, one.role, one.status) == (customer, Role.administrator, Status.registered)
        )

    def asker(self, user: UUID) -> Asker:
        """As the gateway would let somebody in who has logged in."""
        one = self.account(user)
        if one.status is not Status.registered:
            return GUEST
        sites = None if one.sites is None else frozenset(one.sites)
        return Asker(TENANT, "user", one.name, user, one.customer, one.role, sites, one.email)


def kept(view: AnyView, key: tuple[UUID, str], doc: Any) -> Any:
    """As it comes back from the table."""
    if doc is None:
        return None
    view.row(*key, doc)
    return view.doc.model_validate_json(doc.model_dump_json())
