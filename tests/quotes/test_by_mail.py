"""A request goes to sales as a mail; what sales answers stands in the portal, once, with its documents."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from answering import PDF, reply_address_of, reply_to
from chassis.room import Context
from contracts.quotes import QuoteAnswered, ReplyToQuote
from contracts.values import File
from mailing import Firm, Portal, answers, known_to, statuses, until
from quotes import inbox
from quotes.inbox import Status
from quotes.mailbox import Fetched
from quotes.taking import take

pytestmark = pytest.mark.xdist_group("quotes")


async def answers_to(looker: Context, firm: Firm, quote: UUID, at_least: int = 1) -> list[QuoteAnswered]:
    async def enough() -> list[QuoteAnswered] | None:
        doc = await looker.rows.get(answers, firm.tenant, quote)
        return doc.said if doc and len(doc.said) >= at_least else None

    found = await until(enough)
    assert isinstance(found, list)
    return found


async def uploaded(quotes: Context, name: str, content: bytes) -> File:
    return File(sha256=await quotes.files.put(content), name=name, media_type="application/pdf", size=len(content))


# C47 C48 C49 C50 C55 C57
async def test_a_quote_is_asked_for_answered_from_a_mail_program_and_talked_over(portal: Portal, firm: Firm) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        plan = await uploaded(quotes, "Lageplan Süd.pdf", PDF)
        command = firm.request(plan)
        await quotes.execute(command, firm.maria)

        (question,) = await portal.mails_of(firm.sales)
        assert str(question["To"].addresses[0].addr_spec) == firm.sales
        assert str(question["Subject"]) == "Angebotsanfrage: Zwei Mulden für Bauschutt – Bau Schulz GmbH"
        told = question.get_body(("plain",)).get_content()
        for fact in (
            *("Wir brauchen zwei Mulden", "möglichst ab Montag", "Bau Schulz GmbH (Kundennummer 10042)"),
            *("Werk Süd, Südweg 1, 21107 Hamburg (Nummer 7)", "Maria Schulz", "maria@kunde.example", "0171 555"),
            "Lageplan Süd.pdf",
        ):
            assert fact in told
        (attached,) = question.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == ("Lageplan Süd.pdf", PDF)

        answer = reply_to(question, "Gern: 480 € je Mulde.\n\nJens Krüger", f"jens@{firm.domain}", Angebot=PDF + b"1")
        portal.deliver(answer, reply_address_of(question))
        (said,) = await answers_to(looker, firm, command.quote)
        assert said.text == "Gern: 480 € je Mulde.\n\nJens Krüger"
        assert (said.sender_name, said.user, said.site) == ("Jens Krüger", firm.user, firm.site)
        (offer,) = said.files
        assert (offer.name, await looker.files.get(offer.sha256)) == ("Angebot.pdf", PDF + b"1")

        reply = ReplyToQuote(quote=command.quote, customer=firm.customer, message=uuid4(), text="Geht auch Dienstag?")
        await quotes.execute(reply, firm.maria)
        second = (await portal.mails_of(firm.sales, 2))[1]
        assert second["In-Reply-To"].strip() == answer["Message-ID"].strip()
        assert question["Message-ID"].strip() in second["References"]
        assert "Geht auch Dienstag?" in second.get_body(("plain",)).get_content()

        # Sales goes on from its own mail, by a program that ignores Reply-To.
        third = reply_to(second, "Ja, Dienstag passt.", f"jens@{firm.domain}")
        third.replace_header("In-Reply-To", answer["Message-ID"])
        third.replace_header("References", answer["Message-ID"])
        portal.deliver(third, portal.mailbox)
        assert [one.text for one in await answers_to(looker, firm, command.quote, 2)][1] == "Ja, Dienstag passt."


# C49
async def test_the_same_mail_delivered_twice_is_taken_over_once(portal: Portal, firm: Firm) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        command = firm.request()
        await quotes.execute(command, firm.maria)
        (question,) = await portal.mails_of(firm.sales)
        answer = reply_to(question, "Gern.", firm.sales).as_bytes()
        for way in (b"Received: by one.example\r\n", b"Received: by two.example\r\n"):
            portal.deliver(way + answer, reply_address_of(question))

        async def both() -> bool:
            return len(await statuses(quotes)) == 2

        await until(both)
        assert [status for status, _ in await statuses(quotes)] == ["taken", "ignored"]
        # The same id with another content is no repetition: a person looks at it.
        portal.deliver(answer.replace(b"Gern.", b"Leider nicht."), reply_address_of(question))

        async def three() -> bool:
            return len(await statuses(quotes)) == 3

        await until(three)
        assert (await statuses(quotes))[2][0] == "quarantined"
        assert len(await answers_to(looker, firm, command.quote)) == 1


# C49
async def test_a_mail_whose_taking_was_cut_off_is_taken_over_once(
    portal: Portal, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        command = firm.request()
        await quotes.execute(command, firm.maria)
        (question,) = await portal.mails_of(firm.sales)
        answer = reply_to(question, "Gern.", firm.sales, Angebot=PDF).as_bytes()

        async def killed(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(inbox, "record", killed)
            with pytest.raises(Killed):
                await take(quotes, Fetched(1, answer))
        assert len(await answers_to(looker, firm, command.quote)) == 1
        assert (await take(quotes, Fetched(1, answer))).status is Status.taken
        await asyncio.sleep(1)
        assert len(await answers_to(looker, firm, command.quote)) == 1


# C49
async def test_two_firms_share_the_mailbox_and_neither_can_answer_for_the_other(portal: Portal, firm: Firm) -> None:
    other = Firm(f"nachbar{uuid4().hex[:6]}")
    async with portal.knows(firm, other) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm, other)
        for one in (firm, other):
            await quotes.execute(one.request(), one.maria)
        questions = {one.name: (await portal.mails_of(one.sales))[0] for one in (firm, other)}
        for one, sender in ((firm, other.sales), (other, other.sales), (firm, firm.sales)):
            question = questions[one.name]
            portal.deliver(reply_to(question, f"Von {sender}", sender), reply_address_of(question))

        async def all_three() -> bool:
            return len(await statuses(quotes)) == 3

        await until(all_three)
        assert [status for status, _ in await statuses(quotes)] == ["quarantined", "taken", "taken"]
        for one in (firm, other):
            async with quotes.single.connection() as conn:
                found = await conn.execute("SELECT quote FROM firms_of_quotes WHERE tenant = %s", [one.tenant])
                quote = (await found.fetchone() or (None,))[0]
            assert [said.text for said in await answers_to(looker, one, quote)] == [f"Von {one.sales}"]
