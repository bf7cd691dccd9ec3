"""Asks the portal what a person would ask in it, with the signature of that person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp
from chassis import asking, links
from chassis.asking import Answer, Unreachable
from chassis.decider import Asker, NotFound
from chassis.feed import Feeds
from chassis.files import Files
from chassis.keys import derive
from contracts.base import Command, Event
from contracts.identity.invitation import RegisterUser, UserInvited, UserRegistered
from contracts.identity.user import user_id
from contracts.values import Role, derived_id

from demo.customers import PASSWORD, Person
from demo.firm import TENANT
from demo.settings import Settings
from demo.trouble import Trouble

OPERATOR = Asker(TENANT, "operator", "Einrichtung")


class Portal:
    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self.settings, self._session = settings, session
        self.files = Files(settings.files)
        self._feeds = Feeds(settings.of_rooms(), "demo", session)

    async def ask(self, command: Command, who: Asker, seconds: float = 60) -> Answer:
        """Waits for a room that is still starting, and for one that has not heard yet of what it needs."""
        for attempt in range(int(seconds * 2)):
            try:
                url = self.settings.of_rooms().url_of(command.room)
                return await asking.ask(url, self.settings.secret, command, who, self._session)
            except Unreachable as error:
                why = str(error)
            except NotFound as error:
                why = str(error)
            if attempt == 0:
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)
        raise Trouble(f"{type(command).__name__}: {why}")

    async def said(self, room: str, kind: type[Event]) -> list[Event]:
        """All that a room has said of a kind, in the order of each customer."""
        found: list[Event] = []
        for partition, head in (await self._feeds.heads(room)).items():
            number = 0
            while number < head:
                events = await self._feeds.after(room, partition, number)
                if not events:
                    break
                number = max(event.meta.number or number for event in events)
                found += [kind.read(one.body) for one in events if one.meta.type == kind.__name__]
        return found

    async def registered(self, person: Person) -> bool:
        user = user_id(TENANT, person.email)
        return any(getattr(one, "user", None) == user for one in await self.said("identity", UserRegistered))

    async def register(self, person: Person, terms: str, privacy: str) -> None:
        """With the link that stands in the invitation."""
        user = user_id(TENANT, person.email)
        invitation = await self.invitation(user)
        command = RegisterUser(
            user=user,
            invitation=invitation,
            token=links.token(derive(self.settings.secret, "invitation"), invitation),
            first_name=person.first_name,
            last_name=person.last_name,
            phone=person.phone,
            terms=terms,
            privacy=privacy,
            password=PASSWORD,
        )
        await self.ask(command, Asker(TENANT, "guest", person.name))

    async def invitation(self, user: UUID, seconds: float = 120) -> UUID:
        for _ in range(int(seconds * 2)):
            invited = [one for one in await self.said("identity", UserInvited) if isinstance(one, UserInvited)]
            mine = [one.invitation for one in invited if one.user == user]
            if mine:
                return mine[-1]
            await asyncio.sleep(0.5)
        raise Trouble("Die Einladung des ersten Benutzers ist nicht gekommen.")


def asker(person: Person) -> Asker:
    """As the gateway would sign it after a login."""
    sites = None if person.sites is None else frozenset(derived_id(TENANT, "site", number) for number in person.sites)
    return Asker(
        tenant=TENANT,
        kind="user",
        name=person.name,
        user=user_id(TENANT, person.email),
        customer=derived_id(TENANT, "customer", person.customer),
        role=Role(person.role),
        sites=sites,
        email=person.email,
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Portal]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield Portal(settings, session)
