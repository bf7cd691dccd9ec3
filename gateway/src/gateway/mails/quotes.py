"""The firm has answered a request for a quote: whoever asked learns it by mail, with the way to the answer."""

from __future__ import annotations

from chassis.events import Meta
from chassis.room import Context
from contracts.quotes import QuoteAnswered

from gateway.mails import Letter, Pen, mails, post, reader_of
from gateway.page import _

LONGEST = 600
"""Letters of the answer in the mail; all of it stands in the portal."""


@mails.on(QuoteAnswered)
async def answered(event: QuoteAnswered, meta: Meta, ctx: Context) -> None:
    reader = await reader_of(ctx, meta, event.user)
    if reader is not None:
        await post(ctx, meta, reader, lambda pen: letter(pen, event), thread=event.quote)


def letter(pen: Pen, event: QuoteAnswered) -> Letter:
    facts = [(pen.say(_("Your request")), event.subject), (pen.say(_("Answered by")), event.sender_name)]
    if event.files:
        facts.append((pen.say(_("Attachments")), "\n".join(file.name for file in event.files)))
    return Letter(
        subject=pen.say(_("Answer to your request: %(subject)s"), subject=event.subject),
        heading=pen.say(_("There is an answer to your request")),
        paragraphs=[pen.say(_("%(name)s of %(firm)s has written:"), name=event.sender_name, firm=pen.tenant.name)],
        quote=shortened(event.text),
        facts=facts,
        button=(pen.say(_("See the answer")), pen.link(f"/quotes/{event.quote}#m-{event.message}")),
        after=[pen.say(_("Please answer in the portal, so that nothing gets lost."))],
    )


def shortened(text: str) -> str:
    """The beginning, cut between two words."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST].rpartition(' ')[0] or text[:LONGEST]} …"
