"""A closed order leaves the containers where they now are; what is over stays over; lists show what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from berlin import today
from desk.desk import Desk
from dispatching import TODAY, Client, bring, ordered, push, row, told

TOMORROW = (today() + timedelta(days=1)).isoformat()
STANDING = {"number": "AB-1001", "site": "10017-01", "container_type": "AB7", "waste_type": "BS", "status": "standing"}


async def converted(client: Client, **more: Any) -> str:
    """The path of the transport order."""
    order = ordered(**more)
    await push(client, order)
    answer = await client.post(f"/external-orders/{order['reference']}/convert", follow_redirects=False)
    return str(answer.headers["location"])


async def closed(client: Client, kind: str, number: str | None, **form: str) -> Any:
    path = await converted(client, kind=kind, container={"number": number} if number else None)
    return await client.post(f"{path}/complete", data={"on": TODAY, "container": number or "", **form})


@pytest.mark.parametrize(("kind", "status"), [("exchange", "standing"), ("emptying", "standing"), ("removal", "gone")])
async def test_a_fetched_container_is_gone_and_any_other_stays(
    client: Client, desk: Desk, kind: str, status: str
) -> None:
    await bring(client, "containers", [{**STANDING, "since": "2026-01-02"}])
    await closed(client, kind, "AB-1001")
    body = (await row(desk, "SELECT body FROM containers"))["body"]
    assert (body["status"], body["since"]) == (status, TODAY if kind == "removal" else "2026-01-02")
    assert (await told(desk))[-1]["container_number"] == "AB-1001"


async def test_a_number_that_stands_at_a_customer_is_not_given_to_a_new_container(client: Client, desk: Desk) -> None:
    await bring(client, "containers", [STANDING])
    answer = await closed(client, "placement", None, container="AB-1001")
    assert answer.status_code == 409
    assert "AB-1001 steht schon bei einem Kunden" in answer.text
    assert [step["status"] for step in await told(desk)] == ["converted"]


async def test_nothing_is_closed_before_it_was_done(client: Client, desk: Desk) -> None:
    answer = await closed(client, "placement", None, on=TOMORROW)
    assert answer.status_code == 409
    assert [step["status"] for step in await told(desk)] == ["converted"]


async def test_what_is_closed_or_cancelled_is_changed_no_more(client: Client, desk: Desk) -> None:
    path = await converted(client)
    await client.post(f"{path}/cancel", data={"reason": " Der Hof ist gesperrt. "}, follow_redirects=False)
    assert (await told(desk))[-1] == {"status": "cancelled", "reason": "Der Hof ist gesperrt."}
    for step, form in (("plan", {"day": TOMORROW}), ("complete", {"on": TODAY}), ("cancel", {"reason": ""})):
        answer = await client.post(f"{path}/{step}", data=form, follow_redirects=False)
        assert answer.status_code == 409, step
    assert len(await told(desk)) == 2


async def test_a_plan_is_shown_at_the_transport_order_and_offered_for_planning_anew(client: Client) -> None:
    path = await converted(client)
    form = {"day": TOMORROW, "begins": "07:00", "ends": "09:00", "vehicle": "MS-BE 12"}
    await client.post(f"{path}/plan", data=form, follow_redirects=False)
    page = (await client.get(path)).text
    assert f"{today() + timedelta(days=1):%d.%m.%Y}, 07:00–09:00 Uhr" in page
    assert "Neu disponieren" in page
    assert 'value="MS-BE 12"' in page


async def test_an_external_order_shows_all_that_the_dispatcher_has_to_check(client: Client) -> None:
    order = ordered(kind="exchange", container={"number": "AB-1001"})
    await push(client, order)
    page = (await client.get(f"/external-orders/{order['reference']}")).text
    for words in (
        "Tausch",
        "Nr. AB-1001",
        "AVV 17 01 07",
        f"{today():%d.%m.%Y}",
        "Bitte vor 9 Uhr",
        "Katrin Westermann",
        "Westermann Bau GmbH",
        "Hafenquartier",
        "Hafenweg 22",
    ):
        assert words in page, words
    answer = await client.post(f"/external-orders/{order['reference']}/convert")
    assert "Nr. AB-1001" in answer.text


async def test_orders_are_listed_as_long_as_something_is_to_be_done_and_found_by_what_they_say(client: Client) -> None:
    new = ordered()
    await push(client, new)
    path = await converted(client)
    number = path.rpartition("/")[2]
    assert str(new["reference"]) in (await client.get("/external-orders")).text
    assert str(new["reference"]) in (await client.get("/external-orders?search=hafenq")).text
    assert str(new["reference"]) not in (await client.get("/external-orders?search=nirgends")).text
    assert number in (await client.get("/orders")).text
    assert number in (await client.get("/orders?search=bauschutt")).text
    assert number not in (await client.get("/orders?search=nirgends")).text
    await client.post(f"{path}/complete", data={"on": TODAY}, follow_redirects=False)
    assert number not in (await client.get("/orders")).text
    assert number in (await client.get("/orders?state=completed")).text
