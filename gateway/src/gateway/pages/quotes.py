"""All quotes of the customer, the unread ones on a tab of their own, and the form that asks for a new one."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from chassis.decider import Invalid
from contracts.quotes import RequestQuote
from contracts.values import Address
from pydantic import BaseModel, Field

from gateway.page import Ask, Column, Sent, Sheet, Upload, _, action, number_of, page, pages_of
from gateway.pages.attached_files import ACCEPT, stored
from gateway.pages.mine import Option, may_order, my_sites, scope, site_options, sort_of
from gateway.pages.quote_view import QuoteRow, quotes, unread_quotes

PAGE = 25
SORTS = ("last_at", "asked_at", "subject", "site_name", "status")


class QuoteLine(BaseModel):
    row: QuoteRow
    unread: bool


class QuotesPage(BaseModel):
    lines: list[QuoteLine]
    total: int
    page: int
    pages: int
    unread: int
    only_unread: bool
    filtered: bool
    site_options: list[Option]
    may_ask: bool


class NewQuotePage(BaseModel):
    site_options: list[Option]
    chosen: str
    accept: str


class QuoteForm(BaseModel):
    subject: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=20_000)
    place: Literal["known", "new"]
    site: UUID | None = None
    street: str = Field(default="", max_length=200)
    postal_code: str = Field(default="", max_length=10)
    city: str = Field(default="", max_length=200)
    files: list[Upload] = []

    def address(self) -> Address:
        """Of the new site; Invalid names the field that is missing."""
        for name, value in (("street", self.street), ("postal_code", self.postal_code), ("city", self.city)):
            if not value:
                raise Invalid(_("Please fill this in."), field=name)
        if len(self.postal_code) < 4 or not self.postal_code.isascii() or not self.postal_code.isalnum():
            raise Invalid(_("Please enter a valid postal code."), field="postal_code")
        return Address(street=self.street, postal_code=self.postal_code, city=self.city)


def wanted(ask: Ask, unread: list[UUID]) -> dict[str, Any]:
    only_unread = ask.query.get("tab") == "unread"
    return {
        **scope(ask),
        "where": {
            "status": ask.query.get("status", ""),
            "site": ask.query.get("site", ""),
            "quote": [str(quote) for quote in unread] if only_unread else None,
        },
        "search": ask.query.get("q", ""),
        "sort": sort_of(ask.query, SORTS, "-last_at"),
    }


async def spreadsheet(ask: Ask) -> Sheet:
    states = {"asked": _("Waiting for an answer"), "answered": _("Answered")}
    return Sheet(
        _("Quotes"),
        [
            Column(_("Subject"), width=40),
            Column(_("Site"), width=30),
            Column(_("Asked by"), width=24),
            Column(_("Asked on"), "moment"),
            Column(_("Last message"), "moment"),
            Column(_("Status"), width=24),
            Column(_("Messages"), "number"),
        ],
        [
            (
                row.subject,
                row.site_name,
                row.user_name,
                row.asked_at,
                row.last_at,
                ask.say(states[row.status]),
                row.messages,
            )
            for row in await ask.rows.all(quotes, ask.tenant_id, **wanted(ask, await unread_quotes(ask)))
        ],
    )


@page("/quotes", template="pages/quotes.html", sheet=spreadsheet)
async def quote_list(ask: Ask) -> QuotesPage:
    """All quotes of the customer, or with `tab=unread` those with an answer that the user has not seen."""
    unread = await unread_quotes(ask)
    number = number_of(ask.query)
    found = await ask.rows.page(quotes, ask.tenant_id, **wanted(ask, unread), limit=PAGE, offset=(number - 1) * PAGE)
    return QuotesPage(
        lines=[QuoteLine(row=row, unread=row.quote in unread) for row in found.items],
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        unread=len(unread),
        only_unread=ask.query.get("tab") == "unread",
        filtered=any(ask.query.get(name) for name in ("q", "status", "site")),
        site_options=site_options(await my_sites(ask)),
        may_ask=may_order(ask),
    )


@page("/quotes/new", template="pages/quote_new.html", needs="orderer")
async def new_quote(ask: Ask) -> NewQuotePage:
    """The form that asks for a quote."""
    places = await my_sites(ask, active="yes")
    wished = ask.query.get("site", "")
    only = str(places[0].site) if len(places) == 1 else ""
    return NewQuotePage(
        site_options=site_options(places),
        chosen=wished if any(wished == str(site.site) for site in places) else only,
        accept=ACCEPT,
    )


@action("/quotes/new", back="/quotes/new", needs="orderer")
async def request_quote(ask: Ask, form: QuoteForm) -> Sent:
    """Asks for a quote, for a site of the customer or for a new address."""
    if form.place == "known" and form.site is None:
        raise Invalid(_("Please choose a site."), field="site")
    new_site = form.address() if form.place == "new" else None
    await ask.command(
        RequestQuote(
            quote=ask.key,
            customer=ask.me.customer,
            subject=form.subject,
            description=form.description,
            site=form.site if form.place == "known" else None,
            new_site=new_site,
            files=await stored(ask.ctx.files, form.files),
        )
    )
    return Sent(
        f"/quotes/{ask.key}", _("Your request has been sent. We will let you know by e-mail when we have answered.")
    )
