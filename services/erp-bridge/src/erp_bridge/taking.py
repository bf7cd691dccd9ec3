"""Takes reports over: what is new or changed is said on, what was said already is not said again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from chassis.decider import Invalid, Refused
from chassis.room import Context
from contracts.base import Event
from pydantic import ValidationError

from erp_bridge import known
from erp_bridge.connections import Firm
from erp_bridge.known import Last, Name
from erp_bridge.problems import invalid, problem_of
from erp_bridge.records import RECORDS, OrderRecord, Record, SiteRecord
from erp_bridge.reports import SINGULAR, Known, Report, report
from erp_bridge.saying import Saying, saying


@dataclass
class Line:
    """One record of a request, and what came of it."""

    line: int
    number: str | None = None
    record: Record | None = None
    status: str = "refused"
    problem: dict[str, Any] | None = None

    def refuse(self, error: Refused) -> None:
        self.record, self.status, self.problem = None, "refused", problem_of(error)

    def answer(self) -> dict[str, Any]:
        told = {"line": self.line, "number": self.number, "status": self.status}
        return told | ({"problem": self.problem} if self.problem else {})


def read_line(collection: str, line: int, said: bytes) -> Line:
    """A line of NDJSON: a JSON object with the number in it."""
    try:
        body = msgspec.json.decode(said)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        found = Line(line)
        found.refuse(Invalid("This line is not a JSON object."))
        return found
    return read(collection, line, body)


def read(collection: str, line: int, body: Mapping[str, Any]) -> Line:
    number = body.get("number")
    found = Line(line, number if isinstance(number, str) else None)
    try:
        found.record = RECORDS[collection].model_validate(body)
    except ValidationError as error:
        found.refuse(invalid(error))
    return found


async def take(ctx: Context, firm: Firm, lines: Sequence[Line]) -> None:
    """All in one transaction; each line knows afterwards what came of it."""
    open_lines = [line for line in lines if line.record]
    if open_lines:
        async with saying(ctx, firm) as room:
            await take_all(room, open_lines)


async def take_all(room: Saying, lines: Sequence[Line]) -> None:
    books = await opened_books(room, [line.record for line in lines if line.record])
    said: dict[str, list[Event]] = {}
    saved: dict[Name, tuple[Record, Known, str, str]] = {}
    for line in lines:
        record = line.record
        assert record is not None
        name = (record.collection, record.number)
        whole = record.report()
        digest = record.digest()
        last = books.last.get(name)
        if last and last.digest == digest:
            line.status = "unchanged"
            continue
        try:
            books.check(record)
        except Refused as error:
            line.refuse(error)
            continue
        made: Report = report(room.tenant, record, books.things, books.containers.get(record.number))
        said.setdefault(made.stream, []).append(made.event)
        now = Known(made.id, made.customer, whole)
        saved[name] = (record, now, digest, msgspec.json.encode(whole).decode())
        line.status = "changed" if last else "created"
        books.last[name] = Last(now, digest)
    for stream, events in said.items():
        room.say(stream, events)
    if saved:
        await known.save(room.conn, room.tenant, list(saved.values()))


@dataclass
class Books:
    """What a batch of records has to know."""

    last: dict[Name, Last]
    things: dict[Name, Known]
    containers: dict[str, UUID]
    of_the_portal: dict[str, UUID]

    def check(self, record: Record) -> None:
        for field, collection, number in record.references():
            if (collection, number) not in self.things:
                raise Invalid(
                    "There is no %(what)s %(number)s; report it first.",
                    what=SINGULAR.get(collection, "document").replace("-", " "),
                    number=number,
                    field=field,
                )
        if isinstance(record, OrderRecord) and record.number in self.of_the_portal:
            raise Refused(
                "Order %(number)s came from the portal; report its state under its reference %(reference)s.",
                number=record.number,
                reference=self.of_the_portal[record.number],
            )
        if isinstance(record, SiteRecord):
            self.check_customer(record)

    def check_customer(self, record: SiteRecord) -> None:
        before = self.last.get(("sites", record.number))
        if before and before.known.report["customer"] != record.customer:
            raise Refused(
                "Site %(number)s belongs to customer %(customer)s, and a site does not change its customer.",
                number=record.number,
                customer=before.known.report["customer"],
                field="customer",
            )


async def opened_books(room: Saying, records: Sequence[Record]) -> Books:
    conn, tenant = room.conn, room.tenant
    own = {(record.collection, record.number) for record in records}
    named = {(collection, number) for record in records for _, collection, number in record.references()}
    last = await known.last_reports(conn, tenant, own | named)
    things = {name: one.known for name, one in last.items() if name in named}
    if digests := [number for collection, number in named if collection == "documents"]:
        things |= await known.documents(conn, tenant, digests)
    if numbers := [number for collection, number in named if collection == "containers"]:
        for number, id in (await known.named_containers(conn, tenant, numbers)).items():
            things["containers", number] = Known(id)
    reported = [record.number for record in records if record.collection == "containers"]
    orders = [record.number for record in records if record.collection == "orders"]
    return Books(
        last,
        things,
        await known.container_ids(conn, tenant, reported) if reported else {},
        await known.of_the_portal(conn, tenant, orders) if orders else {},
    )
