"""Who may ask what about a user: everybody about oneself, administrators about colleagues."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound
from contracts.identity.invitation import RegisterUser
from contracts.identity.user import ChangeProfile

from identity.account import Account, Status


def only_administrators(who: Asker, customer: UUID) -> None:
    """NotFound for another customer's users, as if they did not exist."""
    if who.trusted:
        return
    if who.customer is None or who.customer != customer:
        raise NotFound
    if not who.may_administer():
        raise NotAllowed("Only administrators may manage the users of your firm.")


def only_oneself(user: UUID, state: Account, asked: Asked) -> None:
    if state.status is not Status.registered:
        raise NotFound
    if asked.who.user == user:
        return
    if asked.who.trusted or (asked.who.customer is not None and asked.who.customer == state.customer):
        raise NotAllowed("Only the user may change this.")
    raise NotFound


def own_data(command: RegisterUser | ChangeProfile) -> None:
    """Names that can be shown; PostgreSQL's JSON, in which every view is kept, refuses some control characters."""
    for field in ("first_name", "last_name", "phone"):
        said = getattr(command, field)
        if not said.isprintable() or said.isspace():
            raise Invalid("Please check this entry.", field=field)


def sites_to_give(sites: tuple[UUID, ...] | None, customer: UUID, asked: Asked) -> None:
    """Nobody gives access to a foreign site, nor to more sites than they have themselves. None: all sites."""
    if sites == ():
        raise Invalid("Please choose at least one site.", field="sites")
    for site in sites or ():
        known = asked.fact("sites", site)
        if known is None or known.customer != customer:
            raise Invalid("One of the sites does not belong to your firm.", field="sites")
    own = asked.who.sites
    if not asked.who.trusted and own is not None and (sites is None or not own.issuperset(sites)):
        raise NotAllowed("You can only give access to sites that you may see yourself.")
