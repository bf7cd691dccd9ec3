"""What an ERP reports, seen through the API with real Kafka and PostgreSQL."""

from __future__ import annotations

import hashlib
import json

import pytest
from bridge_rooms import Rooms
from bridging import ADDRESS, CONTAINER, CUSTOMER, SITE, SKIP, WASTE, Client
from erp_bridge.records import RECORDS

pytestmark = pytest.mark.xdist_group("erp_bridge")
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def ndjson(*records: dict[str, object] | str) -> bytes:
    return "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records).encode()


# C5 C6 C7
async def test_what_is_reported_is_said_to_the_rooms_once(client: Client) -> None:
    await client.furnish()
    created = await client.put("/containers/AB-1042", CONTAINER)
    again = await client.put("/containers/AB-1042", {**CONTAINER, "status": "standing"})
    changed = await client.put("/containers/AB-1042", {**CONTAINER, "status": "gone"})
    assert (created.status, created.body) == (201, {"number": "AB-1042", "status": "created"})
    assert (again.status, again.body) == (200, {"number": "AB-1042", "status": "unchanged"})
    assert changed.body["status"] == "changed"
    assert await client.said() == ["CustomerReported", "SiteReported", "ContainerReported", "ContainerReported"]
    waste = await client.events(f"waste-type:{client.id('waste-type', 'BS')}")
    assert [(type_, body["code"]) for type_, body in waste] == [("WasteTypeReported", "170107")]
    (_, container), *_ = (await client.events(f"customer:{client.id('customer', '10023')}"))[2:]
    assert container["haul"]["site_name"] == "Baustelle Hafen"
    assert container["haul"]["container_type"] == str(client.id("container-type", "AB7"))


async def test_a_figure_written_otherwise_is_the_same_figure(client: Client) -> None:
    await client.put("/waste-types/BS", WASTE)
    await client.put("/container-types/AB7", SKIP)
    assert (await client.put("/container-types/AB7", {**SKIP, "volume": 7.0})).body["status"] == "unchanged"


# C8
async def test_one_bad_line_loses_none_of_the_others(client: Client) -> None:
    await client.furnish()
    await client.put("/containers/AB-1042", CONTAINER)
    order = {
        "kind": "exchange",
        "site": "10023-02",
        "container": "AB-1042",
        "container_type": "AB7",
        "waste_type": "BS",
        "status": "completed",
        "placed_on": "2026-03-01",
        "completed_on": "2026-03-03",
        "weight_kg": 4120,
    }
    answer = await client.call(
        "POST",
        "/bulk/orders",
        data=ndjson(
            {"number": "A-1", **order},
            "this is not JSON",
            {"number": "A-2", **order, "site": "10023-09"},
            "",
            {"number": "A-3", **order, "weigth_kg": 1},
            {"number": "A-4", **order, "container": "AB-9999"},
            {"number": "A-1", **order},
            {"number": "A-5", **{key: value for key, value in order.items() if key != "container"}},
        ),
    )
    assert answer.status == 200
    told = [(one["line"], one["number"], one["status"]) for one in answer.body]
    assert told == [
        (1, "A-1", "created"),
        (2, None, "refused"),
        (3, "A-2", "refused"),
        (5, "A-3", "refused"),
        (6, "A-4", "refused"),
        (7, "A-1", "unchanged"),
        (8, "A-5", "created"),
    ]
    why = {one["line"]: one["problem"] for one in answer.body if "problem" in one}
    assert why[2]["detail"] == "This line is not a JSON object."
    assert (why[3]["detail"], why[3]["field"]) == ("There is no site 10023-09; report it first.", "site")
    assert why[5]["detail"] == "There is no field weigth_kg here."
    assert why[6]["detail"] == "There is no container AB-9999; report it first."
    assert (await client.said())[-2:] == ["OrderReported", "OrderReported"]


async def test_thousands_of_lines_are_taken_in_order_and_the_second_time_are_unchanged(client: Client) -> None:
    await client.furnish()
    lines = ndjson(*({"number": f"AB-{number}", **CONTAINER} for number in range(1000)))
    first = await client.call("POST", "/bulk/containers", data=lines)
    second = await client.call("POST", "/bulk/containers", data=lines)
    assert [one["number"] for one in first.body] == [f"AB-{number}" for number in range(1000)]
    assert {one["status"] for one in first.body} == {"created"}
    assert {one["status"] for one in second.body} == {"unchanged"}
    assert len(await client.said()) == 1002


# C9
async def test_an_invoice_comes_with_its_document(client: Client) -> None:
    await client.furnish()
    digest = hashlib.sha256(PDF).hexdigest()
    invoice = {
        "customer": "10023",
        "site": "10023-02",
        "issued_on": "2026-03-31",
        "due_on": "2026-04-30",
        "net": "412.50",
        "tax": 78.38,
        "gross": "490.88",
        "status": "open",
        "lines": [{"text": "Tausch", "quantity": 1, "unit": "Stk", "unit_price": "412.50", "amount": "412.50"}],
        "document": {"sha256": digest, "name": "RE-1.pdf"},
    }
    early = await client.put("/invoices/RE%2F2026%2F1", invoice)
    assert (early.status, early.body["field"]) == (422, "document")
    assert (await client.get(f"/documents/{digest}")).status == 404
    stored = await client.call("PUT", f"/documents/{digest}", data=PDF)
    assert (stored.status, stored.body["media_type"], stored.body["size"]) == (201, "application/pdf", len(PDF))
    assert (await client.call("PUT", f"/documents/{digest}", data=PDF)).body["status"] == "unchanged"
    answer = await client.put("/invoices/RE%2F2026%2F1", invoice)
    assert (answer.status, answer.body["number"]) == (201, "RE/2026/1")
    type_, body = (await client.events(f"customer:{client.id('customer', '10023')}"))[-1]
    assert type_ == "InvoiceReported"
    assert (body["net"], body["tax"], body["gross"]) == (41250, 7838, 49088)
    assert body["document"] == {
        "sha256": digest,
        "name": "RE-1.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
    }
    assert await client.bridge.files.get(digest) == PDF


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("0" * 64, PDF, 422),
        (hashlib.sha256(b"MZ program").hexdigest(), b"MZ program", 415),
        (hashlib.sha256(b"<html></html>").hexdigest(), b"<html></html>", 415),
        ("xyz", PDF, 422),
        (hashlib.sha256(b"%PDF" + b" " * 26_214_400).hexdigest(), b"%PDF" + b" " * 26_214_400, 413),
    ],
    ids=["other digest", "a program", "a page", "no digest", "too large"],
)
async def test_a_document_that_is_none_is_refused(client: Client, path: str, data: bytes, status: int) -> None:
    answer = await client.call("PUT", f"/documents/{path}", data=data)
    assert (answer.status, answer.body["status"]) == (status, status)
    assert answer.body["detail"]


# C1 C2 C3
async def test_the_portal_is_switched_on_once_and_off_again(client: Client) -> None:
    await client.furnish()
    on = {"enabled": True, "email": "a.meier@bauhof-nord.example"}
    assert (await client.put("/customers/10023/portal", on)).body == {"number": "10023", "status": "changed"}
    assert (await client.put("/customers/10023/portal", on)).body == {"number": "10023", "status": "unchanged"}
    assert (await client.get("/customers/10023/portal")).body == {
        "number": "10023",
        "enabled": True,
        "email": "a.meier@bauhof-nord.example",
        "transfer_completed": False,
    }
    assert (await client.put("/customers/10023/portal", {"enabled": False})).body["status"] == "changed"
    assert (await client.said())[2:] == ["PortalSwitchedOn", "PortalSwitchedOff"]


# C2
@pytest.mark.parametrize("address", ["", "  ", "anna", "anna@", "anna@@firma.de", "an na@firma.de", "anna@firma"])
async def test_a_bad_address_is_refused_with_the_reason_and_changes_nothing(client: Client, address: str) -> None:
    await client.furnish()
    before = await client.said()
    answer = await client.put("/customers/10023/portal", {"enabled": True, "email": address})
    assert (answer.status, answer.body["field"]) == (422, "email")
    assert len(answer.body["detail"]) > 20
    assert await client.said() == before
    assert (await client.get("/customers/10023/portal")).body["enabled"] is False


# C10
async def test_the_end_of_the_first_load_comes_after_everything_before_it_and_once(client: Client) -> None:
    await client.furnish()
    assert (await client.post("/customers/10023/transfer-completed")).body["status"] == "changed"
    assert (await client.post("/customers/10023/transfer-completed")).body["status"] == "unchanged"
    assert await client.said() == ["CustomerReported", "SiteReported", "TransferCompleted"]


# C4
async def test_an_invitation_is_sent_again_or_withdrawn_where_the_portal_is_on(client: Client) -> None:
    await client.furnish()
    assert (await client.post("/customers/10023/invitation")).status == 409
    await client.put("/customers/10023/portal", {"enabled": True, "email": "a@bauhof.example"})
    assert (await client.post("/customers/10023/invitation")).status == 202
    assert (await client.post("/customers/10023/invitation")).status == 202
    assert (await client.call("DELETE", "/customers/10023/invitation")).status == 202
    assert (await client.said())[3:] == ["InvitationResent", "InvitationResent", "InvitationRevoked"]
    assert (await client.post("/customers/77777/invitation")).status == 404


async def test_a_site_does_not_change_its_customer(client: Client) -> None:
    await client.furnish()
    await client.put("/customers/10024", {"name": "Andere", "address": ADDRESS})
    answer = await client.put("/sites/10023-02", {**SITE, "customer": "10024"})
    assert answer.status == 409
    assert "10023" in answer.body["detail"]


async def test_without_a_key_or_with_a_wrong_one_nothing_is_told(client: Client) -> None:
    for key in ("", "hoftor_wrong"):
        client.key = key
        for method, path in (("GET", "/customers/10023"), ("PUT", "/customers/10023"), ("GET", "/external-orders")):
            answer = await client.call(method, path, CUSTOMER if method == "PUT" else None)
            assert answer.status == 401
            assert "Bearer" in answer.body["detail"]


async def test_a_new_key_takes_the_place_of_the_old_one(client: Client, rooms: Rooms) -> None:
    await client.furnish()
    old, client.key = client.key, await rooms.connect(client.tenant)
    assert (await client.get("/customers/10023")).status == 200
    client.key = old
    assert (await client.get("/customers/10023")).status == 401


async def test_another_firm_sees_nothing_and_cannot_refer_to_it(client: Client, stranger: Client) -> None:
    await client.furnish()
    digest = hashlib.sha256(PDF).hexdigest()
    await client.call("PUT", f"/documents/{digest}", data=PDF)
    for path in ("/customers/10023", "/sites/10023-02", "/customers/10023/portal", f"/documents/{digest}"):
        assert (await stranger.get(path)).status == 404
    assert (await stranger.put("/sites/10023-02", SITE)).status == 422
    assert (await stranger.put("/customers/10023/portal", {"enabled": True, "email": "a@b.example"})).status == 404


async def test_the_api_describes_itself(client: Client) -> None:
    client.key = ""
    told = (await client.get("/openapi.json")).body
    put = told["paths"]["/erp/v1/sites/{number}"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/SiteRecord"}
    assert "/erp/v1/external-orders/{reference}/status" in told["paths"]
    assert not any("commands" in path for path in told["paths"])
    bodies = {
        f"{method} {path.removeprefix('/erp/v1')}": next(iter(one["requestBody"]["content"]))
        for path, item in told["paths"].items()
        for method, one in item.items()
        if "requestBody" in one
    }
    assert {path for path, kind in bodies.items() if kind == "application/json"} == {
        *(f"put /{kind}/{{number}}" for kind in RECORDS),
        "put /customers/{number}/portal",
        "put /external-orders/{reference}/status",
        "post /external-orders/{reference}/acknowledge",
        "post /reconciliation",
    }
    assert bodies["post /bulk/{kind}"] == "application/x-ndjson"
    assert bodies["put /documents/{sha256}"] == "application/octet-stream"
    assert all(one["security"] == [{"key": []}] for item in told["paths"].values() for one in item.values())
    assert "number" not in told["components"]["schemas"]["SiteRecord"]["required"]
    used = set(json.dumps(told).split('"$ref": "')[1:])
    names = {one.split('"')[0].rpartition("/")[2] for one in used}
    assert names <= told["components"]["schemas"].keys()
