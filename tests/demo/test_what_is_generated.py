"""The demo data are the same every time, add up, and look like those of a real firm."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from demo import customers, history, paper, waste

TODAY = date(2026, 11, 24)
ORDERS = history.orders(TODAY)
INVOICES = history.invoices(TODAY, ORDERS)
CONTAINERS = history.containers(TODAY)


def test_there_is_as_much_as_a_real_firm_has() -> None:
    counts = (len(customers.CUSTOMERS), len(customers.sites()), len(CONTAINERS), len(waste.WASTE))
    assert counts == (3, 15, 80, 40)
    assert (len(ORDERS), len(INVOICES)) == (1500, 250)


def test_the_same_seed_gives_the_same_data_and_the_same_documents() -> None:
    assert history.orders(TODAY) == ORDERS
    assert history.invoices(TODAY, ORDERS) == INVOICES
    assert paper.invoice(INVOICES[0]) == paper.invoice(INVOICES[0])


def test_another_day_changes_dates_but_not_how_much_there_is() -> None:
    later = TODAY + timedelta(days=40)
    orders = history.orders(later)
    assert (len(orders), len(history.invoices(later, orders))) == (1500, 250)


def test_avv_codes_have_six_digits_and_hazardous_waste_is_flagged() -> None:
    assert all(re.fullmatch(r"\d{6}", one["code"]) for one in waste.waste_types())
    assert len({one["number"] for one in waste.waste_types()}) == 40
    hazardous = {one["code"] for one in waste.waste_types() if one["hazardous"]}
    assert hazardous == {"170301", "170204", "170603", "170605", "150110", "150202", "120109"}


def test_every_container_may_hold_what_is_in_it() -> None:
    takes = {one["number"]: one["waste_types"] for one in waste.container_types()}
    assert all(one["waste_type"] in takes[one["container_type"]] for one in CONTAINERS)
    assert all(takes.values())


def test_orders_are_done_on_working_days_of_the_last_year_with_weights_that_a_lorry_carries() -> None:
    for order in ORDERS:
        if order["status"] == "completed":
            done = date.fromisoformat(order["completed_on"])
            assert TODAY - timedelta(days=365) < done < TODAY
            assert history.works(done)
            assert order["placed_on"] <= order["completed_on"]
            assert 0 < order.get("weight_kg", 20) <= 26_000


def test_no_container_is_emptied_before_it_was_there() -> None:
    since = {one["number"]: one["since"] for one in CONTAINERS}
    done = [one for one in ORDERS if one["status"] == "completed"]
    assert all(one["completed_on"] >= since[one["container"]] for one in done)


def test_kinds_of_orders_are_those_that_the_container_type_allows() -> None:
    allowed = {one["number"]: {*one["kinds"], "placement"} for one in waste.container_types()}
    assert all(one["kind"] in allowed[one["container_type"]] for one in ORDERS)


def test_what_can_be_ordered_for_a_standing_container_depends_on_its_family() -> None:
    kinds = {one["family"]: set(one["kinds"]) for one in waste.container_types()}
    assert kinds == {
        "Absetzbehälter": {"exchange", "emptying", "removal"},
        "Abrollbehälter": {"exchange", "removal"},
        "Umleerbehälter": {"emptying", "removal"},
        "Presscontainer": {"exchange", "emptying"},
    }


def test_every_site_has_its_place_on_the_map_of_the_region() -> None:
    for site in customers.sites():
        assert 51.8 < site["coordinates"]["latitude"] < 52.4, site["name"]
        assert 7.5 < site["coordinates"]["longitude"] < 8.2, site["name"]


def test_something_is_still_open_some_of_it_planned_and_not_all_is_paid() -> None:
    states = Counter(order["status"] for order in ORDERS)
    assert (states["accepted"], states["dispatched"]) == (6, 6)
    assert all(order["planned"]["day"] > TODAY.isoformat() for order in ORDERS if order["status"] == "dispatched")
    unpaid = [invoice for invoice in INVOICES if invoice["status"] == "open"]
    assert 10 < len(unpaid) < 60
    assert any(invoice["due_on"] < TODAY.isoformat() for invoice in unpaid)


def test_less_is_built_in_winter_than_in_early_summer() -> None:
    months = Counter(one["completed_on"][5:7] for one in ORDERS if one["status"] == "completed")
    assert months["01"] + months["12"] < months["05"] + months["06"]


@pytest.mark.parametrize("invoice", INVOICES[::25], ids=lambda one: str(one["number"]))
def test_an_invoice_adds_up(invoice: dict[str, object]) -> None:
    lines = invoice["lines"]
    assert isinstance(lines, list)
    for line in lines:
        exact = Decimal(line["quantity"]) * Decimal(line["unit_price"])
        assert abs(exact - Decimal(line["amount"])) <= Decimal("0.005")
    net, tax, gross = (Decimal(str(invoice[name])) for name in ("net", "tax", "gross"))
    assert sum(Decimal(line["amount"]) for line in lines) == net
    assert abs(net * Decimal("0.19") - tax) <= Decimal("0.005")
    assert net + tax == gross


def test_every_completed_order_stands_on_exactly_one_invoice() -> None:
    journeys = sum(line["unit"] == "Fahrt" for invoice in INVOICES for line in invoice["lines"])
    assert journeys == sum(order["status"] == "completed" for order in ORDERS)


def test_an_invoice_is_a_pdf_on_paper_of_the_firm() -> None:
    data = paper.invoice(INVOICES[0])
    assert data.startswith(b"%PDF-1.")
    assert INVOICES[0]["number"].encode() in data or INVOICES[0]["number"].encode("utf-16-be") in data
    assert b"Brinkhage Entsorgung" in data


def test_every_line_of_an_invoice_is_on_its_paper() -> None:
    invoice = INVOICES[0]
    for place in range(len(invoice["lines"])):
        lines = [line | {"amount": "0.01"} if at == place else line for at, line in enumerate(invoice["lines"])]
        assert paper.invoice(invoice | {"lines": lines}) != paper.invoice(invoice)
