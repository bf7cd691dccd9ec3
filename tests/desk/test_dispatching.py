"""An order of the portal arrives once, is turned into a transport order, planned and closed; each step is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from berlin import today
from desk import outbox
from desk.desk import Desk
from dispatching import TODAY, Client, bring, ordered, push, row, signature, told

TOMORROW = (today() + timedelta(days=1)).isoformat()


async def converted(client: Client, **more: Any) -> str:
    """The path of the transport order."""
    order = ordered(**more)
    await push(client, order)
    answer = await client.post(f"/external-orders/{order['reference']}/convert", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


# C33
async def test_an_order_that_is_pushed_twice_is_taken_once(client: Client, desk: Desk) -> None:
    order = ordered()
    first, second = await push(client, order), await push(client, order)
    assert first.json() == second.json()
    assert first.json()["erp_number"].startswith(f"EA-{today().year}-")
    assert (await row(desk, "SELECT count(*) AS n FROM external_orders"))["n"] == 1


# C33
async def test_an_order_with_a_wrong_signature_is_not_taken(client: Client, desk: Desk) -> None:
    assert (await push(client, ordered(), secret="another secret")).status_code == 401
    assert (await row(desk, "SELECT count(*) AS n FROM external_orders"))["n"] == 0


async def test_the_portal_can_look_up_whether_an_order_has_arrived(client: Client) -> None:
    order = ordered()
    path = f"/hook/{order['reference']}"
    assert (await client.get(path, headers=signature(b""))).status_code == 404
    number = (await push(client, order)).json()["erp_number"]
    assert (await client.get(path, headers=signature(b""))).json() == {"erp_number": number, "cancelled": False}
    await push(client, order | {"action": "cancel", "reason": "Doch nicht"})
    assert (await client.get(path, headers=signature(b""))).json()["cancelled"] is True
    assert (await client.get(path)).status_code == 401


# C34
async def test_a_transport_order_has_everything_that_the_customer_asked_for(client: Client, desk: Desk) -> None:
    wished = today() + timedelta(days=9)
    page = (await client.get(await converted(client, desired=wished.isoformat()))).text
    for words in (
        "Gestellung",
        "Absetzcontainer 7 m³",
        "Bauschutt",
        "AVV 17 01 07",
        "Hafenquartier",
        "Bitte vor 9 Uhr",
        f"{wished:%d.%m.%Y}",
    ):
        assert words in page
    assert [step["status"] for step in await told(desk)] == ["converted"]


# C34
async def test_an_order_is_turned_into_a_transport_order_only_once(client: Client, desk: Desk) -> None:
    order = ordered()
    await push(client, order)
    path = f"/external-orders/{order['reference']}"
    await client.post(f"{path}/convert", follow_redirects=False)
    again = await client.post(f"{path}/convert", follow_redirects=False)
    assert again.status_code == 409
    assert "schon der Fahrauftrag" in again.text
    assert (await row(desk, "SELECT count(*) AS n FROM orders"))["n"] == 1


async def test_who_refuses_an_order_gives_a_reason(client: Client, desk: Desk) -> None:
    order = ordered()
    await push(client, order)
    path = f"/external-orders/{order['reference']}/refuse"
    assert (await client.post(path, data={"reason": " "}, follow_redirects=False)).status_code == 409
    assert await told(desk) == []
    reason = "Keine Zufahrt für Lastwagen."
    assert (await client.post(path, data={"reason": reason}, follow_redirects=False)).status_code == 303
    assert await told(desk) == [{"status": "refused", "reason": reason}]


# C35 C37
async def test_dispatching_and_dispatching_anew_are_both_told(client: Client, desk: Desk) -> None:
    path = await converted(client)
    for begins, ends in (("07:00", "09:00"), ("10:00", "12:00")):
        form = {"day": TOMORROW, "begins": begins, "ends": ends, "vehicle": "MS-BE 12"}
        assert (await client.post(f"{path}/plan", data=form, follow_redirects=False)).status_code == 303
    plans = [step for step in await told(desk) if step["status"] == "planned"]
    assert [step["begins"] for step in plans] == ["07:00", "10:00"]
    assert plans[1] == {
        "status": "planned",
        "day": TOMORROW,
        "begins": "10:00",
        "ends": "12:00",
        "vehicle": "MS-BE 12",
    }


async def test_nothing_is_planned_for_yesterday_or_backwards(client: Client, desk: Desk) -> None:
    path = await converted(client)
    yesterday = (today() - timedelta(days=1)).isoformat()
    for form in (
        {"day": yesterday},
        {"day": TOMORROW, "begins": "12:00", "ends": "08:00"},
        {"day": "irgendwann"},
    ):
        assert (await client.post(f"{path}/plan", data=form, follow_redirects=False)).status_code == 409
    assert [step["status"] for step in await told(desk)] == ["converted"]


# C38
async def test_a_placed_container_stands_from_then_on_under_its_number(client: Client, desk: Desk) -> None:
    path = await converted(client)
    form = {"on": TODAY, "weight": "", "container": ""}
    await client.post(f"{path}/complete", data=form, follow_redirects=False)
    said = (await told(desk))[-1]
    assert said == {"status": "completed", "on": TODAY, "container_number": said["container_number"]}
    found = await row(desk, "SELECT number, body FROM containers")
    assert found["number"] == said["container_number"]
    assert found["body"]["status"] == "standing"


async def test_a_weight_is_a_whole_number_of_kilograms(client: Client, desk: Desk) -> None:
    path = await converted(client, kind="exchange", container={"number": "AB-1001"})
    wrong = await client.post(f"{path}/complete", data={"on": TODAY, "weight": "viel"}, follow_redirects=False)
    assert wrong.status_code == 409
    await client.post(f"{path}/complete", data={"on": TODAY, "weight": "4.120"}, follow_redirects=False)
    assert (await told(desk))[-1]["weight_kg"] == 4120


async def test_an_order_that_the_customer_took_back_is_driven_no_more(client: Client, desk: Desk) -> None:
    reference = str(uuid4())
    path = await converted(client, reference=reference)
    await push(client, ordered(reference, action="cancel", reason="Bauablauf geändert"))
    form = {"day": TOMORROW}
    assert (await client.post(f"{path}/plan", data=form, follow_redirects=False)).status_code == 409
    assert "Bauablauf geändert" in (await client.get(f"/external-orders/{reference}")).text


async def test_a_cancellation_without_its_order_is_not_acknowledged(client: Client) -> None:
    assert (await push(client, ordered(action="cancel"))).status_code == 404


async def test_while_the_portal_is_away_every_step_waits(client: Client, desk: Desk) -> None:
    path = await converted(client)
    await client.post(f"{path}/plan", data={"day": TOMORROW}, follow_redirects=False)
    assert await outbox.work(desk) == 0
    waiting = await row(desk, "SELECT count(*) AS n, max(attempts) AS tried FROM outbox WHERE sent_at IS NULL")
    assert waiting == {"n": 2, "tried": 1}
    assert "wartet auf das Portal" in (await client.get(path)).text


async def test_forms_of_other_pages_are_not_taken(client: Client, desk: Desk) -> None:
    order = ordered()
    await push(client, order)
    headers = {"Origin": "https://fremd.example", "Host": "localhost"}
    answer = await client.post(f"/external-orders/{order['reference']}/convert", headers=headers)
    assert answer.status_code == 403
    assert await told(desk) == []


async def test_records_are_brought_in_with_the_key_only_and_counted_when_they_differ(client: Client) -> None:
    site = {"number": "10017-02", "customer": "10017", "name": "Bauhof", "address": {}}
    assert (await client.post("/import/sites", json=[site])).status_code == 401
    assert await bring(client, "sites", [site]) == {"taken": 1, "changed": 1}
    assert await bring(client, "sites", [site]) == {"taken": 1, "changed": 0}


async def test_every_page_is_shown_without_any_other_host(client: Client) -> None:
    path = await converted(client)
    for page in ("/customers", "/customers/10017", "/external-orders?state=all", "/orders?state=all", path):
        answer = await client.get(page)
        assert answer.status_code == 200
        assert "http://" not in answer.text.replace("http://www.w3.org", "")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
