"""What was put aside is seen by the operator, and taken over when the operator says so."""

from __future__ import annotations

from uuid import uuid4

import pytest
from answering import PDF, reply_address_of, reply_to
from chassis.decider import Invalid, NotAllowed, NotFound
from contracts.quotes import ReplyToQuote
from contracts.values import File, Role
from mail_samples import BOUNCE, plain
from mailing import Firm, Portal, answers, known_to, statuses, until
from quotes.mailbox import Fetched
from quotes.quarantine import NotReleased, list_mails, release, show
from quotes.taking import take

pytestmark = pytest.mark.xdist_group("quotes")


# C49
async def test_a_strangers_mail_is_put_aside_seen_and_released(portal: Portal, firm: Firm) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        command = firm.request()
        await quotes.execute(command, firm.maria)
        (question,) = await portal.mails_of(firm.sales)
        mail = reply_to(question, "Vom Handy: 480 €.", "jens.privat@gmx.de", Angebot=PDF)
        portal.deliver(mail, reply_address_of(question))

        async def put_aside() -> bool:
            return len(await statuses(quotes)) == 1

        await until(put_aside)
        settings = await portal.settings("quotes")
        (line,) = await list_mails(settings, everything=False)
        assert "jens.privat@gmx.de" in line
        assert "The sender does not belong to the firm." in line
        assert str(command.quote) in line
        mail_id = line.split()[0]
        assert "Vom Handy: 480 €." in "\n".join(await show(settings, mail_id))

        assert str(command.quote) in await release(settings, mail_id[:8])

        async def shown() -> object:
            return await looker.rows.get(answers, firm.tenant, command.quote)

        await until(shown)
        doc = await looker.rows.get(answers, firm.tenant, command.quote)
        assert doc is not None
        assert [(said.text, said.files[0].name) for said in doc.said] == [("Vom Handy: 480 €.", "Angebot.pdf")]
        assert await list_mails(settings, everything=False) == ["No mail has been put aside."]
        with pytest.raises(NotReleased, match="taken over already"):
            await release(settings, mail_id)


# C49
async def test_a_mail_that_names_no_conversation_is_released_for_the_one_given(portal: Portal, firm: Firm) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        command = firm.request()
        await quotes.execute(command, firm.maria)
        settings = await portal.settings("quotes")
        row = await take(quotes, Fetched(1, plain("Ihr Angebot: 480 €", From=firm.sales)))
        assert (row.status, row.tenant) == ("quarantined", None)
        with pytest.raises(NotReleased, match="It names no conversation"):
            await release(settings, str(row.id))
        with pytest.raises(NotReleased, match="There is no conversation"):
            await release(settings, str(row.id), uuid4())
        await release(settings, str(row.id), command.quote)

        async def shown() -> object:
            return await looker.rows.get(answers, firm.tenant, command.quote)

        await until(shown)


# C49
async def test_no_mail_is_lost_whatever_it_is(portal: Portal, firm: Firm) -> None:
    odd = {
        "automatic": [BOUNCE, plain("Danke", Auto_Submitted="auto-replied"), plain("x", X_Hoftor_Conversation="y")],
        "quarantined": [b"kein Mail", plain("", From=firm.sales), plain("Werbung!", From="spam@andere.example")],
    }
    async with portal.knows(firm), portal.quotes() as quotes:
        await known_to(quotes, firm)
        for status, mails in odd.items():
            for raw in mails:
                row = await take(quotes, Fetched(1, raw))
                assert (row.status, bool(row.reason)) == (status, True)
                assert await quotes.files.get(row.raw) == raw
        large = await take(quotes, Fetched(9, plain("Kopf allein", From=firm.sales), too_large=True))
        assert (large.status, large.reason) == ("quarantined", "The mail is too large.")
        settings = await portal.settings("quotes")
        assert len(await list_mails(settings, everything=False)) == 4
        assert len(await list_mails(settings, everything=True)) == 7


# C49
async def test_a_mail_that_we_fail_to_read_does_not_stop_those_behind_it(
    portal: Portal, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes) -> None:
        raise ZeroDivisionError("a fault of ours")

    async with portal.knows(firm), portal.quotes() as quotes:
        await known_to(quotes, firm)
        with monkeypatch.context() as patch:
            patch.setattr("quotes.taking.read_mail", broken)
            portal.deliver(plain("Erste"), portal.mailbox)

            async def first() -> bool:
                return len(await statuses(quotes)) == 1

            await until(first)
        portal.deliver(plain("Zweite"), portal.mailbox)

        async def second() -> bool:
            return len(await statuses(quotes)) == 2

        await until(second)
        assert "a fault of ours" in (await statuses(quotes))[0][1]


# C44 C46 C57
async def test_the_room_itself_refuses_what_a_user_may_not_do(portal: Portal, firm: Firm) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        maria = firm.maria
        reader = maria.__class__(**{**vars(maria), "role": Role.reader})
        elsewhere = maria.__class__(**{**vars(maria), "sites": frozenset({uuid4()})})
        stranger = maria.__class__(**{**vars(maria), "customer": uuid4()})
        command = firm.request()
        for who, refusal in ((reader, NotAllowed), (elsewhere, NotFound), (stranger, NotFound)):
            with pytest.raises(refusal):
                await looker.ask(command, who)
        await looker.ask(command, maria)
        reply = ReplyToQuote(quote=command.quote, customer=firm.customer, message=uuid4(), text="Und?")
        for who, refusal in ((reader, NotAllowed), (elsewhere, NotFound), (stranger, NotFound)):
            with pytest.raises(refusal):
                await looker.ask(reply, who)
        missing = File(sha256="ab" * 32, name="nie.pdf", media_type="application/pdf", size=3)
        with pytest.raises(Invalid, match=r"nie\.pdf did not arrive"):
            await looker.ask(firm.request(missing), maria)
        new = {"site": None, "new_site": {"street": "Neubau 5", "postal_code": "20095", "city": "Hamburg"}}
        await looker.ask(firm.request(**new), maria)
        mails = await portal.mails_of(firm.sales, 2)
        told = [mail.get_body(("plain",)).get_content() for mail in mails]
        assert any("Neuer Standort:" in text and "Neubau 5, 20095 Hamburg" in text for text in told)


# C49
async def test_of_a_mail_over_the_limit_the_head_is_kept_and_shown(
    portal: Portal, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quotes.mailbox.MAX_MAIL", 5_000)
    async with portal.knows(firm), portal.quotes() as quotes:
        await known_to(quotes, firm)
        portal.deliver(plain("Sehr lang.\n" * 1_000, From=firm.sales, Subject="Viele Fotos"), portal.mailbox)

        async def put_aside() -> bool:
            return len(await statuses(quotes)) == 1

        await until(put_aside)
        assert await statuses(quotes) == [("quarantined", "The mail is too large.")]
        (line,) = await list_mails(await portal.settings("quotes"), everything=False)
        assert "„Viele Fotos“" in line


# C49
async def test_a_mailbox_that_was_numbered_anew_is_read_again_and_nothing_is_taken_twice(
    portal: Portal, firm: Firm
) -> None:
    async with portal.knows(firm) as looker:
        async with portal.quotes() as quotes:
            await known_to(quotes, firm)
            command = firm.request()
            await quotes.execute(command, firm.maria)
            (question,) = await portal.mails_of(firm.sales)
            portal.deliver(reply_to(question, "Gern.", firm.sales), reply_address_of(question))

            async def taken() -> bool:
                return ("taken", "") in await statuses(quotes)

            await until(taken)
            async with quotes.single.connection() as conn:
                await conn.execute("UPDATE mailbox_positions SET validity = validity + 1")
        async with portal.quotes() as quotes:
            last = f"<{uuid4()}@firma.example>"
            portal.deliver(plain("Noch eine", Message_ID=last), portal.mailbox)

            async def the_last() -> bool:
                async with quotes.single.connection() as conn:
                    found = await conn.execute("SELECT 1 FROM inbound_mails WHERE message_id = %s", [last])
                    return await found.fetchone() is not None

            await until(the_last, 60)
            async with quotes.single.connection() as conn:
                found = await conn.execute("SELECT status FROM inbound_mails WHERE quote = %s", [command.quote])
                assert await found.fetchall() == [("taken",)]
            doc = await looker.rows.get(answers, firm.tenant, command.quote)
            assert doc is not None
            assert len(doc.said) == 1
