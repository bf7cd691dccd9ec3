"""The bridge's few rules as tables: what is news, what an ERP's answer means, what an address is, what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid5

import pytest
from chassis.decider import Refused
from contracts.values import derived_id
from erp_bridge.bulk import LONGEST, lines
from erp_bridge.calling import NotThere, Taken, Unclear, judge_question, judge_sending
from erp_bridge.portal import Portal, Switch, switched
from erp_bridge.reconciling import Listed, compared
from erp_bridge.records import RECORDS, ContainerTypeRecord, digest
from erp_bridge.reports import Known, report
from erp_bridge.status import STATUS, is_news
from erp_bridge.taking import read_line

TENANT = UUID(int=33)


# C34 C35 C37
@pytest.mark.parametrize(
    ("status", "now", "cancelled", "taken"),
    [
        ({"status": "converted", "number": "1"}, None, False, True),
        ({"status": "planned", "day": "2026-12-01"}, None, False, True),
        ({"status": "planned", "day": "2026-12-01"}, "planned", False, True),
        ({"status": "planned", "day": "2026-12-01"}, None, True, False),
        ({"status": "planned", "day": "2026-12-01"}, "completed", False, False),
        ({"status": "planned", "day": "2026-12-01"}, "refused", False, False),
        ({"status": "refused", "reason": "voll"}, "planned", False, True),
        ({"status": "refused", "reason": "voll"}, "planned", True, True),
        ({"status": "refused", "reason": "voll"}, "completed", False, False),
        ({"status": "cancelled"}, "planned", True, True),
        ({"status": "completed", "on": "2026-12-01"}, "refused", False, True),
        ({"status": "completed", "on": "2026-12-01"}, "completed", False, True),
        ({"status": "completed", "on": "2026-12-01"}, "planned", True, True),
    ],
)
def test_a_status_is_taken_unless_it_contradicts(
    status: dict[str, Any], now: str | None, cancelled: bool, taken: bool
) -> None:
    said = STATUS.validate_python(status)
    if taken:
        assert is_news(said, {}, now, cancelled)
    else:
        with pytest.raises(Refused):
            is_news(said, {}, now, cancelled)


def test_a_status_that_comes_late_a_second_time_is_no_news_and_no_fault() -> None:
    planned = STATUS.validate_python({"status": "planned", "day": "2026-12-01"})
    assert is_news(planned, {"planned": planned.model_dump(mode="json")}, "completed", True) is False


@pytest.mark.parametrize(
    ("status", "body", "judgement"),
    [
        (200, {"erp_number": "EA-1"}, Taken("EA-1")),
        (201, {"erp_number": "EA-1", "more": 1}, Taken("EA-1")),
        (200, {}, Unclear("answered 200 without an erp_number")),
        (200, {"erp_number": ""}, Unclear("answered 200 without an erp_number")),
        (200, {"erp_number": 17}, Unclear("answered 200 without an erp_number")),
        (204, None, Unclear("answered 204 without an erp_number")),
        (302, None, Unclear("answered 302")),
        (400, {"erp_number": "EA-1"}, Unclear("answered 400")),
        (503, None, Unclear("answered 503")),
    ],
)
def test_only_a_good_answer_with_a_number_is_an_acknowledgement(status: int, body: Any, judgement: Any) -> None:
    assert judge_sending(status, body) == judgement


@pytest.mark.parametrize(
    ("status", "body", "action", "judgement"),
    [
        (404, None, "place", NotThere()),
        (200, {"erp_number": "EA-1", "cancelled": False}, "place", Taken("EA-1")),
        (200, {"erp_number": "EA-1", "cancelled": False}, "cancel", NotThere()),
        (200, {"erp_number": "EA-1", "cancelled": True}, "cancel", Taken("EA-1")),
        (200, {}, "place", Unclear("does not tell its number when asked")),
        (200, None, "place", Unclear("answered 200 when asked")),
        (500, None, "place", Unclear("answered 500 when asked")),
        (401, None, "place", Unclear("answered 401 when asked")),
    ],
)
def test_an_order_is_sent_again_only_if_the_erp_says_that_it_is_not_there(
    status: int, body: Any, action: str, judgement: Any
) -> None:
    assert judge_question(status, body, action) == judgement


# C1 C2
@pytest.mark.parametrize(
    ("before", "wanted", "said"),
    [
        (Portal(TENANT), {"enabled": True, "email": "a@b.example"}, ["PortalSwitchedOn"]),
        (Portal(TENANT, True, "a@b.example"), {"enabled": True, "email": "A@b.example"}, []),
        (Portal(TENANT, True, "a@b.example"), {"enabled": True, "email": "c@b.example"}, ["PortalSwitchedOn"]),
        (Portal(TENANT, False, "a@b.example"), {"enabled": True, "email": "a@b.example"}, ["PortalSwitchedOn"]),
        (Portal(TENANT, True, "a@b.example"), {"enabled": False}, ["PortalSwitchedOff"]),
        (Portal(TENANT), {"enabled": False}, []),
    ],
)
def test_the_switch_says_only_what_changes(before: Portal, wanted: dict[str, Any], said: list[str]) -> None:
    assert [type(event).__name__ for event in switched(before, Switch(**wanted))] == said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"[]", "This line is not a JSON object."),
        (b"{", "This line is not a JSON object."),
        (b'{"number": "\xff"}', "This line is not a JSON object."),
        (b'{"name": "x"}', "The field number is missing."),
        (b'{"number": "BS", "name": "x", "code": "17"}', "The field code is not right"),
        (b'{"number": "BS", "name": "x", "code": "170107", "colour": "red"}', "There is no field colour here."),
    ],
)
def test_a_bad_line_is_answered_with_what_is_wrong(line: bytes, why: str) -> None:
    found = read_line("waste-types", 7, line)
    assert found.answer()["line"] == 7
    assert found.answer()["status"] == "refused"
    assert found.answer()["problem"]["detail"].startswith(why)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([b"a\nb", b"c\n\n", b" \nd"], [(1, b"a"), (2, b"bc"), (5, b"d")]),
        ([], []),
        ([b"\n\n"], []),
        ([b"x" * (LONGEST + 1), b"yy\nz"], [(1, None), (2, b"z")]),
        ([b"x" * (LONGEST + 1)], [(1, None)]),
    ],
)
async def test_lines_are_counted_wherever_the_pieces_break(pieces: list[bytes], found: list[Any]) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    assert [one async for one in lines(stream())] == found


def test_a_container_type_is_reported_with_the_ids_of_its_waste_types() -> None:
    record = ContainerTypeRecord.model_validate(
        {"number": "AB7", "name": "7 m³", "family": "Absetz", "volume": 7, "waste_types": ["BS"], "kinds": ["exchange"]}
    )
    waste = derived_id(TENANT, "waste-type", "BS")
    made = report(TENANT, record, {("waste-types", "BS"): Known(waste)})
    assert made.stream == f"container-type:{derived_id(TENANT, 'container-type', 'AB7')}"
    assert made.event.waste_types == (waste,)  # type: ignore[attr-defined]
    assert made.id == uuid5(TENANT, "container-type:AB7")


def test_a_list_is_compared_by_fields_or_by_hash() -> None:
    here = {"1": {"a": 1}, "2": {"a": 2}, "3": {"a": 3}}
    listed = [
        Listed(number="1", hash=digest({"a": 1})),
        Listed(number="2", hash=digest({"a": 9})),
        Listed(number="4"),
    ]
    assert compared(listed, here) == {
        "same": 1,
        "missing": ["4"],
        "extra": ["3"],
        "different": [{"number": "2", "fields": {}}],
    }


def test_every_kind_that_can_be_reported_refers_to_kinds_that_come_before_it() -> None:
    order = list(RECORDS)
    assert order == ["waste-types", "container-types", "customers", "sites", "containers", "orders", "invoices"]
