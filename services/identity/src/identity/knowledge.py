"""What a decision must know beyond its own stream, read from the room's own log: exact at once, no view lags behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from chassis import links
from chassis.commands import Along, Before
from chassis.decider import Asker, Decider
from chassis.room import Context
from chassis.store import load
from contracts.base import Command, Event
from contracts.identity.invitation import InviteUser, RegisterUser
from contracts.identity.password import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.identity.tenant import ConfigureTenant, TenantConfigured
from contracts.identity.user import ChangeRights, RemoveUser

from identity import attempts, domains, hashes, members
from identity.account import Account
from identity.customer import Customer, customer
from identity.password_rules import LONGEST, SHORTEST
from identity.site import site
from identity.tenant import tenant
from identity.user import user

S = TypeVar("S")
Facts = dict[tuple[str, Any], Any]


async def folded(ctx: Context, decider: Decider[S], of: UUID, streams: Sequence[str]) -> dict[str, S]:
    """The present state of each stream of the tenant `of`."""
    states = dict.fromkeys(streams, decider.initial)
    if not streams:
        return states
    async with ctx.pool.connection() as conn:
        said = await load(conn, [(of, stream, 0) for stream in states])
    for _, stream, _, kind, body in said:
        states[stream] = decider.evolve(states[stream], Event.recorded(kind, body))
    return states


async def account_of(ctx: Context, of: UUID, who: UUID) -> Account:
    stream = f"user:{who}"
    return (await folded(ctx, user, of, [stream]))[stream]


async def customer_of(ctx: Context, of: UUID, which: UUID) -> Customer:
    stream = f"customer:{which}"
    return (await folded(ctx, customer, of, [stream]))[stream]


async def tenant_of(ctx: Context, of: UUID) -> TenantConfigured | None:
    stream = f"tenant:{of}"
    return (await folded(ctx, tenant, of, [stream]))[stream].latest


async def sites_of(ctx: Context, of: UUID, wanted: Sequence[UUID]) -> Facts:
    found = await folded(ctx, site, of, [f"site:{one}" for one in wanted])
    return {("sites", one): found[f"site:{one}"].latest for one in wanted}


# -- before a command is decided -------------------------------------------------------------------------------


async def before_invitation(command: InviteUser, who: Asker, ctx: Context) -> Facts:
    facts = await sites_of(ctx, who.tenant, command.sites or ())
    return facts | {("customers", command.customer): await customer_of(ctx, who.tenant, command.customer)}


async def before_rights(command: ChangeRights, who: Asker, ctx: Context) -> Facts:
    return await sites_of(ctx, who.tenant, command.sites or ()) | await administrators(command, who, ctx)


async def administrators(command: ChangeRights | RemoveUser, who: Asker, ctx: Context) -> Facts:
    async with ctx.pool.connection() as conn:
        found = await members.administrators(conn, who.tenant, command.customer)
    return {("administrators", command.customer): found}


async def before_registration(command: RegisterUser, who: Asker, ctx: Context) -> Facts:
    if not links.fits(ctx.key("invitation"), command.invitation, command.token):
        return {}
    return {("link", command.invitation): True} | await before_new_password(command, who, ctx)


async def before_reset_request(command: RequestPasswordReset, who: Asker, ctx: Context) -> Facts:
    return await firms_of(ctx, who.tenant, command.user)


async def before_reset(command: ResetPassword, who: Asker, ctx: Context) -> Facts:
    if not links.fits(ctx.key("reset"), command.reset, command.token):
        return {}
    return {("link", command.reset): True} | await before_new_password(command, who, ctx)


async def before_change(command: ChangePassword, who: Asker, ctx: Context) -> Facts:
    if who.user != command.user:
        return {}
    if not await attempts.password_fits(ctx.pool, who.tenant, command.user, command.old):
        return {}
    return {("password", "old"): True} | await before_new_password(command, who, ctx)


async def before_new_password(
    command: RegisterUser | ResetPassword | ChangePassword, who: Asker, ctx: Context
) -> Facts:
    facts = await firms_of(ctx, who.tenant, command.user)
    if SHORTEST <= len(command.password) <= LONGEST:
        facts[("password", "hash")] = await hashes.made(command.password)
    return facts


async def firms_of(ctx: Context, of: UUID, who: UUID) -> Facts:
    facts: Facts = {("tenants", of): await tenant_of(ctx, of)}
    account = await account_of(ctx, of, who)
    if account.customer is not None:
        facts[("customers", account.customer)] = await customer_of(ctx, of, account.customer)
    return facts


before: dict[type[Command], Before] = {
    InviteUser: before_invitation,
    ChangeRights: before_rights,
    RemoveUser: administrators,
    RegisterUser: before_registration,
    RequestPasswordReset: before_reset_request,
    ResetPassword: before_reset,
    ChangePassword: before_change,
}
along: dict[type[Command], Along] = {
    ConfigureTenant: domains.along,
    **dict.fromkeys((RegisterUser, ChangeRights, RemoveUser, ResetPassword, ChangePassword), members.along),
}
