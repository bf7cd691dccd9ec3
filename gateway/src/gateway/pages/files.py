"""Files are given out only to whoever may see the quote or the invoice that they belong to."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import NotFound
from contracts.values import File

from gateway.page import Ask, Download, page
from gateway.pages.attached_files import SHOWN
from gateway.pages.invoice import my_invoice
from gateway.pages.quote import my_quote


@page("/files/quotes/{quote:uuid}/{message:uuid}/{place:int}")
async def quote_file(ask: Ask, quote: UUID, message: UUID, place: int) -> Download:
    """A file of a message, by its place in it."""
    doc = await my_quote(ask, quote)
    said = next((each for each in doc.messages if each.message == message), None)
    if said is None or not 0 <= place < len(said.files):
        raise NotFound()
    return await given_out(ask, said.files[place])


@page("/files/invoices/{invoice:uuid}")
async def invoice_file(ask: Ask, invoice: UUID) -> Download:
    """The invoice as the firm wrote it."""
    doc = await my_invoice(ask, invoice)
    if doc.document is None:
        raise NotFound()
    return await given_out(ask, doc.document)


async def given_out(ask: Ask, file: File) -> Download:
    """Pictures and PDF may be looked at in the browser; everything else is saved."""
    kind = file.media_type.partition(";")[0].strip().lower()
    inline = kind in SHOWN and ask.query.get("download") != "yes"
    data = await ask.ctx.files.get(file.sha256)
    return Download(data, file.name, kind if kind in SHOWN else "application/octet-stream", inline=inline)
