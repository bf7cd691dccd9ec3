"""Whatever happens, every page shows the same: folded live, rebuilt from zero, or from events that came twice."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from random import Random

from chassis.events import grouped_by
from chassis.folding import folded
from chassis.settings import PARTITIONS
from chassis.views import AnyView
from contracts.base import Event
from contracts.billing import InvoiceStatus
from contracts.identity.user import FinishTour, LogOutEverywhere
from contracts.values import ContainerStatus, Language, OrderKind, OrderStatus, Role
from happenings import CUSTOMERS, EMAILS, SITES
from histories import ROOMS, VIEWS, Docs, Said, World
from hypothesis import HealthCheck, Phase, settings
from people_ask import Life

from contracts import erp

Way = Callable[[AnyView, World, Random], Docs]
TOGETHER = 7


def in_one_batch(view: AnyView, world: World, dice: Random) -> Docs:
    return folded(view, {}, world.all)


def rebuilt(view: AnyView, world: World, dice: Random) -> Docs:
    """As a rebuild reads it: one topic after the other, one partition after the other, in pages."""
    docs: Docs = {}
    for topic in dice.sample(sorted(world.said), len(world.said)):
        for partition in range(PARTITIONS):
            events = [one for one in world.said[topic] if one[0].partition == partition]
            for page in range(0, len(events), TOGETHER):
                docs.update(folded(view, docs, events[page : page + TOGETHER]))
    return docs


def interleaved(view: AnyView, world: World, dice: Random) -> Docs:
    """Only what is promised keeps its order: what one room says of one customer."""
    lines: dict[tuple[str, str], deque[Said]] = defaultdict(deque)
    for meta, event in world.all:
        lines[meta.room, grouped_by(event, meta.stream)].append((meta, event))
    order: list[Said] = []
    while lines:
        key = dice.choice(list(lines))
        order.append(lines[key].popleft())
        if not lines[key]:
            del lines[key]
    return folded(view, {}, order)


def twice(view: AnyView, world: World, dice: Random) -> Docs:
    """Kafka brings some again, and what has a number that was reached already is dropped."""
    docs: Docs = {}
    for topic in world.said:
        reached: dict[int, int] = {}
        for meta, event in again(world.said[topic], dice):
            if (meta.number or 0) > reached.get(meta.partition, 0):
                docs.update(folded(view, docs, [(meta, event)]))
                reached[meta.partition] = meta.number or 0
    return docs


def again(events: Sequence[Said], dice: Random) -> list[Said]:
    """Every event twice: at once, or with a stretch that had come before."""
    came: list[Said] = []
    for place, one in enumerate(events):
        came += [one, *events[dice.randint(0, place) : place + 1]]
    return came


WAYS: tuple[Way, ...] = (in_one_batch, rebuilt, interleaved, twice)


def present(docs: Docs) -> Docs:
    return {place: doc for place, doc in docs.items() if doc is not None}


def check(world: World, dice: Random) -> None:
    world.settle(dice.randrange)
    for room, views in VIEWS.items():
        for view in views:
            live = present(world.docs[room].get(view.name, {}))
            for way in WAYS:
                assert present(way(view, world, dice)) == live, f"{room}'s view {view.name}: {way.__name__}"


class Parity(Life):
    def teardown(self) -> None:
        check(self.world, self.dice)


TestParity = Parity.TestCase
# Not made smaller when it fails: that would take minutes, and a history can be read as it was.
TestParity.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_a_long_history_reaches_everything_that_the_rooms_say() -> None:
    """And with it every page: what is said nowhere in a walk could break its folds unseen."""
    life = a_long_history()
    check(life.world, life.dice)
    said = {type(event) for _, event in life.world.all}
    assert {kind.__name__ for kind in Event.registry.values() if kind.public} - {
        kind.__name__ for kind in said
    } == set()
    folded_somewhere = {event for views in VIEWS.values() for view in views for event in view.steps}
    assert folded_somewhere <= said
    asked = {command for room in ROOMS.values() for decider in room.deciders for command in decider.commands}
    assert asked - {type(command) for command in life.world.asked} == set()
    empty = [
        f"{room}: {view.name}"
        for room, views in VIEWS.items()
        for view in views
        if not life.world.docs[room][view.name]
    ]
    assert empty == []


def a_long_history() -> Life:
    life = Life()
    maria, otto, joerg = EMAILS
    life.the_firm_opens(1, 1)
    for nth in (0, 1):
        life.an_order_is_converted(nth, "F-1")
        life.an_order_is_planned(nth, 3)
        life.everybody_hears()
        life.an_order_is_planned(nth, 4)
        life.an_order_is_closed(nth, 1800, "M-17")
        life.everybody_hears()
        life.an_order_is_closed(nth, 2100, None)
    life.a_container_is_reported(0, 0, ContainerStatus.standing)
    life.everybody_hears()
    for kind in (erp.OrderDeclined, erp.OrderWithdrawn):
        for nth in range(6):
            life.a_service_is_ordered(maria, nth, OrderKind.exchange, None, "")
        life.an_order_is_not_carried_out(0, kind)
        life.everybody_hears()
    for nth in range(6):
        life.a_service_is_ordered(maria, nth, OrderKind.emptying, None, "")
    life.an_order_is_called_off(maria, 0)
    for nth, status in enumerate(OrderStatus):
        life.an_order_is_reported(nth, status, OrderKind.removal, 2)
    life.a_container_is_reported(0, 2, ContainerStatus.standing)
    life.an_invoice_is_reported(0, InvoiceStatus.open)
    life.an_invoice_is_reported(0, InvoiceStatus.paid)
    life.everybody_hears()
    for nth in (0, 1):
        life.the_firm_answers(nth, True)
        life.somebody_reads(EMAILS[nth], nth, 0)
        life.a_customer_replies(EMAILS[nth], nth, True)
        life.the_firm_answers(nth, False)
    life.somebody_is_invited(maria, joerg, Role.reader, (SITES[0],))
    life.an_invitation_is_withdrawn(maria, joerg)
    life.somebody_is_invited(maria, joerg, Role.administrator, None)
    life.somebody_registers(joerg, "1")
    life.rights_are_changed(maria, joerg, Role.reader, (SITES[1],))
    life.somebody_changes_the_profile(joerg, "Schulz-Meier", Language.english)
    life.somebody_asks_about_oneself(joerg, FinishTour)
    life.somebody_asks_about_oneself(joerg, LogOutEverywhere)
    life.somebody_forgets_the_password(joerg)
    life.somebody_sets_a_password(joerg, True)
    life.somebody_sets_a_password(joerg, False)
    life.somebody_is_removed(maria, joerg, False)
    life.somebody_is_invited(otto, joerg, Role.orderer, None)
    life.somebody_registers(joerg, "1")
    life.the_portal_is_switched_on(CUSTOMERS[0], joerg)
    for sign in (erp.InvitationResent, erp.InvitationRevoked, erp.PortalSwitchedOff):
        life.everybody_hears()
        life.the_firm_acts_on_the_invitation(CUSTOMERS[0], sign)
    return life
