"""How the portal gets onto the home screen of a phone and becomes an app."""

from __future__ import annotations

from pydantic import BaseModel

from gateway.mails.letter import address_of
from gateway.page import Ask, page


class AppPage(BaseModel):
    address: str
    """What is opened on the phone."""


@page("/app", template="pages/app_info.html", needs="guest")
async def app_info(ask: Ask) -> AppPage:
    return AppPage(address=address_of(ask.tenant, ask.ctx.settings.gateway_url))
