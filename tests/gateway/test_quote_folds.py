"""What the pages know of quotes, invoices and weights after any history, as tables."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.base import Event
from contracts.billing import InvoiceRecorded, InvoiceStatus
from contracts.orders import OrderCancelled, OrderCompleted, OrderPlaced, OrderRecorded
from contracts.quotes import QuoteAnswered, QuoteRead, QuoteReplied, QuoteRequested
from contracts.values import Haul, OrderKind, OrderStatus
from folded_by_hand import NOON, folded
from gateway.pages.invoice_view import invoices
from gateway.pages.quote_view import conversations, quotes
from gateway.pages.waste_sums import by_month, by_site, by_waste_type, counts, first_of_month, months_of, sums, weights
from gateway.pages.waste_view import Contribution, contributions

QUOTE, CUSTOMER, SITE, MARIA, KARL = (UUID(int=n) for n in range(20, 25))
IDS: dict[str, Any] = {"quote": QUOTE, "customer": CUSTOMER, "site": SITE}
ASKED, FIRST, SECOND, REPLY = (UUID(int=n) for n in range(30, 34))

requested = QuoteRequested(
    **IDS,
    site_name="Werk Süd",
    new_site=None,
    subject="Presse",
    description="Was kostet sie?",
    files=(),
    user=MARIA,
    user_name="Maria",
    user_email="maria@kunde.example",
    message=ASKED,
)
replied = QuoteReplied(**IDS, message=REPLY, text="Ja", files=(), user=MARIA, user_name="Maria")


def answered(message: UUID) -> QuoteAnswered:
    return QuoteAnswered(
        **IDS,
        message=message,
        user=MARIA,
        subject="Presse",
        sender_name="Viktor",
        text="50 €",
        files=(),
        refused_files=("preise.xlsm",),
    )


def read(user: UUID, message: UUID) -> QuoteRead:
    return QuoteRead(**IDS, user=user, message=message)


# C58
@pytest.mark.parametrize(
    ("history", "unread_for_maria", "unread_for_karl"),
    [
        ([requested], False, False),
        ([requested, answered(FIRST)], True, True),
        ([requested, answered(FIRST), read(MARIA, FIRST)], False, True),
        ([requested, answered(FIRST), read(MARIA, FIRST), answered(SECOND)], True, True),
        ([requested, answered(FIRST), answered(SECOND), read(MARIA, FIRST)], True, True),
        ([requested, answered(FIRST), answered(SECOND), read(MARIA, SECOND)], False, True),
        ([requested, answered(FIRST), replied, read(KARL, REPLY)], True, False),
        ([requested, read(MARIA, ASKED), answered(FIRST)], True, True),
        ([requested, answered(FIRST), replied, read(MARIA, REPLY), answered(SECOND)], True, True),
    ],
)
def test_an_answer_is_unread_for_each_user_until_that_user_has_seen_it(
    history: Sequence[Event], unread_for_maria: bool, unread_for_karl: bool
) -> None:
    row = folded(quotes, history)[str(QUOTE)]
    conversation = folded(conversations, history)[str(QUOTE)]
    for user, expected in ((MARIA, unread_for_maria), (KARL, unread_for_karl)):
        assert (row.answered_at is not None and user not in row.read_by) is expected
        assert bool(conversation.unread(user)) is expected


# C55
def test_the_conversation_keeps_every_message_in_its_order() -> None:
    doc = folded(conversations, [requested, answered(FIRST), replied, answered(SECOND)])[str(QUOTE)]
    assert [each.message for each in doc.messages] == [ASKED, FIRST, REPLY, SECOND]
    assert [each.author for each in doc.messages] == ["Maria", "Viktor", "Maria", "Viktor"]
    assert doc.messages[1].refused_files == ("preise.xlsm",)


@pytest.mark.parametrize(
    ("history", "status", "messages"),
    [
        ([requested], "asked", 1),
        ([requested, answered(FIRST)], "answered", 2),
        ([requested, answered(FIRST), replied], "asked", 3),
    ],
)
def test_the_list_says_whose_turn_it_is(history: Sequence[Event], status: str, messages: int) -> None:
    row = folded(quotes, history)[str(QUOTE)]
    assert (row.status, row.messages, row.last_at) == (status, messages, NOON)


# -- invoices ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "days_after_due", "state"),
    [
        (InvoiceStatus.open, -1, "open"),
        (InvoiceStatus.open, 0, "open"),
        (InvoiceStatus.open, 1, "overdue"),
        (InvoiceStatus.paid, 30, "paid"),
        (InvoiceStatus.cancelled, 30, "cancelled"),
    ],
)
def test_an_invoice_is_overdue_from_the_day_after_it_was_due(
    status: InvoiceStatus, days_after_due: int, state: str
) -> None:
    due = date(2026, 5, 4)
    event = InvoiceRecorded(
        invoice=UUID(int=1),
        customer=CUSTOMER,
        site=None,
        site_name="",
        number="R-1",
        issued_on=date(2026, 4, 20),
        due_on=due,
        net=100,
        tax=19,
        gross=119,
        status=status,
        lines=(),
        document=None,
    )
    doc = folded(invoices, [event])[str(UUID(int=1))]
    assert doc.state(due + timedelta(days_after_due)) == state


# -- reports -----------------------------------------------------------------------------------------------------

ORDER = UUID(int=50)
OF: dict[str, Any] = {"order": ORDER, "customer": CUSTOMER, "site": SITE, "container": UUID(int=51)}
MAY, JUNE = date(2026, 5, 13), date(2026, 6, 2)
haul = Haul(
    kind=OrderKind.exchange,
    site=SITE,
    site_name="Werk Süd",
    waste_type=UUID(int=60),
    waste_type_name="Bauschutt",
    container_type=UUID(int=61),
    container_type_name="Mulde",
)
placed = OrderPlaced(**OF, haul=haul, desired=None, note="", placed_by="Maria")


def completed(day: date, weight: int | None) -> OrderCompleted:
    return OrderCompleted(**OF, kind=OrderKind.exchange, completed_on=day, weight=weight, container_number=None)


def recorded(status: OrderStatus, day: date | None, weight: int | None) -> OrderRecorded:
    return OrderRecorded(
        **OF,
        number="FA-1",
        haul=haul,
        status=status,
        placed_on=date(2026, 5, 1),
        desired=None,
        planned=None,
        completed_on=day,
        weight=weight,
        note="",
    )


cancelled = OrderCancelled(**OF, kind=OrderKind.exchange, reason="", by_customer=False)


# C21
@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([placed], None),
        ([placed, completed(MAY, 5200)], (MAY, 5200)),
        ([placed, completed(MAY, 5200), completed(MAY, 5300)], (MAY, 5300)),
        ([placed, completed(MAY, 5200), recorded(OrderStatus.completed, MAY, 5250)], (MAY, 5250)),
        ([recorded(OrderStatus.completed, MAY, 5200)] * 2, (MAY, 5200)),
        ([recorded(OrderStatus.completed, MAY, 5200), recorded(OrderStatus.completed, JUNE, 1)], (JUNE, 1)),
        ([recorded(OrderStatus.completed, MAY, 5200), recorded(OrderStatus.cancelled, None, None)], None),
        ([recorded(OrderStatus.accepted, None, None)], None),
        ([placed, completed(MAY, None)], (MAY, None)),
        ([placed, completed(MAY, 5200), cancelled], None),
    ],
)
def test_an_order_counts_once_and_as_it_was_reported_last(
    history: Sequence[Event], expected: tuple[date, int | None] | None
) -> None:
    doc = folded(contributions, history)[str(ORDER)]
    assert (doc.done_on and (doc.done_on, doc.weight)) == expected


def one(number: int, day: date, weight: int | None, **more: Any) -> Contribution:
    said: dict[str, Any] = {
        "order": UUID(int=number),
        "customer": CUSTOMER,
        "site": SITE,
        "site_name": "Süd",
        "waste_type": UUID(int=60),
        "waste_type_name": "Bauschutt",
        "container_type_name": "Mulde",
        "kind": OrderKind.exchange,
        "done_on": day,
        "weight": weight,
    }
    return Contribution(**(said | more))


MANY = [
    one(1, date(2026, 1, 31), 1000),
    one(2, date(2026, 2, 1), 500),
    one(3, date(2026, 2, 28), None, kind=OrderKind.emptying),
    one(4, date(2026, 3, 1), 250, waste_type=UUID(int=70), waste_type_name="Papier", site=KARL, site_name="Nord"),
]


# C21
def test_sums_agree_with_each_other() -> None:
    months = months_of(date(2026, 1, 1), date(2026, 3, 31))
    assert [(line.orders, line.weight) for line in by_month(MANY, months)] == [(1, 1000), (2, 500), (1, 250)]
    assert [(line.name, line.weight, line.weighed) for line in sums(MANY, by_waste_type)] == [
        ("Bauschutt", 1500, 2),
        ("Papier", 250, 1),
    ]
    assert [(line.name, line.orders) for line in sums(MANY, by_site)] == [("Süd", 3), ("Nord", 1)]
    assert [(line.name, line.values) for line in weights(MANY, months)] == [
        ("Bauschutt", [1.0, 0.5, 0.0]),
        ("Papier", [0.0, 0.0, 0.25]),
    ]
    assert counts(MANY, months) == {OrderKind.exchange: [1, 1, 1], OrderKind.emptying: [0, 1, 0]}


def test_many_waste_types_are_drawn_as_five_and_the_rest() -> None:
    kinds = [
        one(n, date(2026, 1, 5), 1000 * (9 - n), waste_type=UUID(int=n), waste_type_name=f"Art {n}") for n in range(8)
    ]
    drawn = weights(kinds, [date(2026, 1, 1)])
    assert [line.name for line in drawn] == ["Art 0", "Art 1", "Art 2", "Art 3", "Art 4", ""]
    assert sum(line.values[0] for line in drawn) == pytest.approx(sum(each.weight or 0 for each in kinds) / 1000)


@pytest.mark.parametrize(
    ("day", "back", "first"),
    [
        (date(2026, 3, 31), 0, date(2026, 3, 1)),
        (date(2026, 3, 31), 11, date(2025, 4, 1)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2026, 12, 24), -1, date(2027, 1, 1)),
    ],
)
def test_months_are_counted_over_the_turn_of_the_year(day: date, back: int, first: date) -> None:
    assert first_of_month(day, back) == first
