"""On which days the trucks drive."""

from datetime import UTC, date, datetime

import pytest
from chassis.decider import Invalid
from given_orders import DAY, after, decide, order_container, order_service, record_container
from orders.days import check_desired, public_holiday, today
from orders.life import Container

MONDAY = date(2026, 3, 2)


# C29, C41
@pytest.mark.parametrize(
    ("day", "region", "sentence"),
    [
        (date(2026, 3, 1), "NW", "already over"),
        (date(2027, 3, 3), "NW", "more than a year"),
        (date(2026, 3, 8), "NW", "Sundays"),
        (date(2026, 4, 3), "NW", "Karfreitag"),
        (date(2026, 4, 3), None, "Karfreitag"),
        (date(2026, 6, 4), "NW", "Fronleichnam"),
        (date(2026, 10, 31), "NI", "Reformationstag"),
        (date(2026, 12, 25), "XX", "Weihnachtstag"),
        (date(2027, 1, 1), "BE", "Neujahr"),
    ],
)
def test_on_these_days_nobody_comes(day: date, region: str | None, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as caught:
        check_desired(day, MONDAY, region)
    assert caught.value.params["field"] == "desired"


# C29, C41
@pytest.mark.parametrize(
    ("day", "region"),
    [
        (MONDAY, "NW"),
        (date(2026, 3, 7), "NW"),  # a Saturday
        (date(2027, 3, 2), "NW"),
        (date(2026, 6, 4), "BE"),  # Fronleichnam is an ordinary day in Berlin
        (date(2026, 10, 31), "NW"),
        (date(2026, 6, 4), None),
    ],
)
def test_on_these_days_somebody_comes(day: date, region: str | None) -> None:
    check_desired(day, MONDAY, region)


def test_a_holiday_has_its_german_name() -> None:
    assert public_holiday(date(2026, 10, 3), "NW") == "Tag der Deutschen Einheit"
    assert public_holiday(MONDAY, "NW") == ""


def test_the_day_begins_at_midnight_in_germany() -> None:
    assert today(datetime(2026, 3, 1, 22, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert today(datetime(2026, 3, 1, 23, 0, tzinfo=UTC)) == MONDAY
    assert today(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)


# C29, C41
@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 8), date(2026, 4, 3), date(2028, 3, 1)])
def test_both_kinds_of_orders_keep_to_the_days(day: date) -> None:
    with pytest.raises(Invalid):
        decide(order_container(desired=day), Container())
    with pytest.raises(Invalid):
        decide(order_service(desired=day), after(record_container()))


def test_the_holidays_are_those_of_the_firms_state() -> None:
    corpus_christi = date(2026, 6, 4)
    with pytest.raises(Invalid):
        decide(order_service(desired=corpus_christi), after(record_container()))
    assert len(decide(order_service(desired=corpus_christi), after(record_container()), without="firm")) == 1
    assert len(decide(order_service(desired=DAY), after(record_container()), without="firm")) == 1
