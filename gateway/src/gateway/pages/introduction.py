"""The short introduction after the registration, and the language in which the portal speaks."""

from __future__ import annotations

from datetime import timedelta

from contracts.identity.user import ChangeProfile, FinishTour
from contracts.values import Language
from pydantic import BaseModel

from gateway import session
from gateway.page import Ask, Sent, action, badges, page
from gateway.showing import inside

A_YEAR = timedelta(days=365)


class LanguageForm(BaseModel):
    language: Language
    next: str = "/"


@action("/tour")
async def tour_finished(ask: Ask) -> Sent:
    """Seen or skipped: it does not start by itself again."""
    await ask.command(FinishTour(user=ask.me.user))
    return Sent(to="/")


@action("/language", needs="guest")
async def language(ask: Ask, form: LanguageForm) -> Sent:
    """Of the user, or of this browser while nobody is logged in."""
    ask.cookies.append(session.cookie(ask.secure, form.language, "language", A_YEAR))
    if me := ask.visitor:
        await ask.command(
            ChangeProfile(
                user=me.user,
                first_name=me.first_name,
                last_name=me.last_name,
                phone=me.phone,
                language=form.language,
            )
        )
    return Sent(to=inside(form.next))


@page("/badges")
async def counts(ask: Ask) -> dict[str, int]:
    """The numbers on the menu, for a page that stays open."""
    return await badges(ask)
