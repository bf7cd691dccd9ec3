"""A mail is a page that is sent: in the firm's design, in the reader's language, once.

A mail is one function in `gateway/mails/<noun>.py`; the module is found by itself:

    @mails.on(OrderDispatched)
    async def planned(event: OrderDispatched, meta: Meta, ctx: Context) -> None:
        if reader := await reader_of(ctx, meta, event.user):

            def write(pen: Pen) -> Letter:
                return Letter(
                    subject=pen.say(_("We come on %(day)s"), day=pen.day(event.planned.day)),
                    paragraphs=[pen.say(_("Your order is planned."))],
                    facts=[(pen.say(_("Site")), event.site_name)],
                    button=(pen.say(_("To the order")), pen.link(f"/orders/{event.order}")),
                )

            await post(ctx, meta, reader, write, thread=event.order)

`post` may be called for several readers of one event; each gets the mail once, also after a crash.
"""

from chassis.room import Effects
from chassis.sending import SENT_MAILS

from gateway.mails.letter import Letter, Pen, Reader, post, reader_of

mails = Effects("mails")
TABLES = (SENT_MAILS,)

__all__ = ["TABLES", "Letter", "Pen", "Reader", "mails", "post", "reader_of"]
