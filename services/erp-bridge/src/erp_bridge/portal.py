"""The tick „Online-Portal“: the firm opens the portal for a customer and names the first user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from chassis.decider import Invalid, Refused
from chassis.room import Context
from chassis.store import Connection
from contracts.base import Event
from contracts.erp import (
    InvitationResent,
    InvitationRevoked,
    PortalSwitchedOff,
    PortalSwitchedOn,
    TransferCompleted,
)
from email_validator import EmailNotValidError, validate_email
from litestar import Request, delete, get, post, put
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from erp_bridge.connections import Firm, FirmOfKey
from erp_bridge.known import last_reports
from erp_bridge.problems import invalid, no_such_thing
from erp_bridge.saying import Saying, saying
from erp_bridge.single import body_of


class Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: bool
    email: Annotated[str, Field(max_length=254)] = ""


@dataclass(frozen=True)
class Portal:
    """The tick of a customer, as it stands."""

    customer: UUID
    enabled: bool = False
    email: str = ""
    transferred: bool = False


def checked_address(given: str) -> str:
    """The address as it is written to; Invalid with the reason for one to which no mail can go."""
    if not given.strip():
        raise Invalid("The portal needs the e-mail address of the first user.", field="email")
    try:
        # Whether the domain takes mail today is not asked: a resolver that is down must not refuse a customer.
        return str(validate_email(given.strip(), check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise Invalid(
            "%(email)s is no e-mail address to which an invitation can be sent. %(why)s",
            email=given.strip(),
            why=str(error),
            field="email",
        ) from error


def switched(before: Portal, wanted: Switch) -> list[Event]:
    """What the switch says; nothing if it stands like that already."""
    if not wanted.enabled:
        return [PortalSwitchedOff(customer=before.customer)] if before.enabled else []
    email = checked_address(wanted.email)
    if before.enabled and before.email.lower() == email.lower():
        return []
    return [PortalSwitchedOn(customer=before.customer, email=email)]


async def portal_of(conn: Connection, firm: Firm, number: str) -> Portal:
    """404 for a customer that was never reported."""
    found = await last_reports(conn, firm.tenant, [("customers", number)])
    if not found:
        raise no_such_thing("customer", number)
    customer = found["customers", number].known.id
    rows = await conn.execute(
        "SELECT enabled, email, transferred FROM portals WHERE tenant = %s AND customer = %s", [firm.tenant, customer]
    )
    row = await rows.fetchone()
    return Portal(customer, *row) if row else Portal(customer)


async def keep(room: Saying, portal: Portal) -> None:
    await room.conn.execute(
        "INSERT INTO portals (tenant, customer, enabled, email, transferred) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant, customer) DO UPDATE SET enabled = excluded.enabled, email = excluded.email,"
        " transferred = excluded.transferred",
        [room.tenant, portal.customer, portal.enabled, portal.email, portal.transferred],
    )


Told = dict[str, Any]


def told(number: str, events: list[Event]) -> Told:
    return {"number": number, "status": "changed" if events else "unchanged"}


@put("/customers/{number:str}/portal", status_code=200, summary="Switches the portal of a customer on or off")
async def put_portal(request: Request[Any, Any, Any], number: FromPath[str], firm: FirmOfKey) -> Told:
    try:
        wanted = Switch.model_validate(await body_of(request))
    except ValidationError as error:
        raise invalid(error) from error
    async with saying(request.app.state.ctx, firm) as room:
        before = await portal_of(room.conn, firm, number)
        events = switched(before, wanted)
        for event in events:
            room.say_of(before.customer, event)
            email = event.email if isinstance(event, PortalSwitchedOn) else before.email
            await keep(room, Portal(before.customer, wanted.enabled, email, before.transferred))
    return told(number, events)


@get("/customers/{number:str}/portal", summary="How the switch of a customer stands")
async def get_portal(request: Request[Any, Any, Any], number: FromPath[str], firm: FirmOfKey) -> Told:
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        portal = await portal_of(conn, firm, number)
    return {
        "number": number,
        "enabled": portal.enabled,
        "email": portal.email,
        "transfer_completed": portal.transferred,
    }


@post("/customers/{number:str}/transfer-completed", status_code=200, summary="The first load of a customer is complete")
async def transfer_completed(request: Request[Any, Any, Any], number: FromPath[str], firm: FirmOfKey) -> Told:
    async with saying(request.app.state.ctx, firm) as room:
        before = await portal_of(room.conn, firm, number)
        events: list[Event] = [] if before.transferred else [TransferCompleted(customer=before.customer)]
        if events:
            room.say_of(before.customer, *events)
            await keep(room, Portal(before.customer, before.enabled, before.email, transferred=True))
    return told(number, events)


@post("/customers/{number:str}/invitation", status_code=202, summary="Sends the first user's invitation again")
async def send_again(request: Request[Any, Any, Any], number: FromPath[str], firm: FirmOfKey) -> Told:
    return await about_the_invitation(request, number, firm, InvitationResent)


@delete("/customers/{number:str}/invitation", status_code=202, summary="Withdraws the first user's invitation")
async def withdraw(request: Request[Any, Any, Any], number: FromPath[str], firm: FirmOfKey) -> Told:
    return await about_the_invitation(request, number, firm, InvitationRevoked)


async def about_the_invitation(
    request: Request[Any, Any, Any], number: str, firm: Firm, said: type[InvitationResent | InvitationRevoked]
) -> Told:
    async with saying(request.app.state.ctx, firm) as room:
        portal = await portal_of(room.conn, firm, number)
        if not portal.enabled:
            raise Refused("The portal is not switched on for customer %(number)s.", number=number)
        room.say_of(portal.customer, said(customer=portal.customer))
    return {"number": number, "status": "changed"}
