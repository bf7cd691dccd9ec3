"""Mail servers go away, the room is killed: no mail is lost, none is sent or taken over twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest
from answering import PDF, reply_address_of, reply_to
from chassis.room import Context
from contracts.values import File
from embedded.stack import Stack
from mailing import Firm, Portal, answers, known_to, until
from psycopg import AsyncConnection

pytestmark = pytest.mark.xdist_group("quotes")


async def texts(looker: Context, firm: Firm, quote: UUID) -> list[str]:
    doc = await looker.rows.get(answers, firm.tenant, quote)
    return [said.text for said in doc.said] if doc else []


# C47
async def test_a_request_made_while_the_mail_server_is_away_is_sent_once_when_it_is_back(
    portal: Portal, firm: Firm, stack: Stack
) -> None:
    async with portal.knows(firm), portal.quotes() as quotes:
        await known_to(quotes, firm)
        await stack.mail.kill()
        try:
            await quotes.execute(firm.request(), firm.maria)
            await asyncio.sleep(2)
        finally:
            await stack.mail.start()
        await portal.mails_of(firm.sales)
        await asyncio.sleep(2)
        assert len(await portal.mails_of(firm.sales)) == 1
        async with quotes.single.connection() as conn:
            found = await conn.execute("SELECT status FROM sent_mails")
            assert await found.fetchall() == [("sent",)]


# C49
async def test_answers_arrive_after_the_mailbox_was_away(portal: Portal, firm: Firm, stack: Stack) -> None:
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        command = firm.request()
        await quotes.execute(command, firm.maria)
        (question,) = await portal.mails_of(firm.sales)
        await stack.mail.kill()
        await asyncio.sleep(1)
        await stack.mail.start()
        portal.deliver(reply_to(question, "Wieder da.", firm.sales), reply_address_of(question))

        async def arrived() -> bool:
            return await texts(looker, firm, command.quote) == ["Wieder da."]

        await until(arrived)


# C47 C49
async def test_a_room_that_is_killed_again_and_again_takes_every_answer_once_and_sends_no_mail_twice(
    portal: Portal, firm: Firm, stack: Stack
) -> None:
    settings = await portal.settings("quotes")
    told = {f"HOFTOR_{name.upper()}": str(value) for name, value in settings.model_dump().items()}
    process = stack.service("quotes", told)
    chance = random.Random(7)
    async with portal.knows(firm) as looker:
        await process.start()
        commands = [firm.request(subject=f"Anfrage {number}") for number in range(6)]

        async def asked_for() -> bool:
            try:
                for command in commands:
                    await looker.ask(command, firm.maria)
            except (ConnectionError, LookupError):
                return False
            return True

        async def until_asked() -> bool:
            # The site has to reach the room first.
            try:
                return await asked_for()
            except Exception as error:
                if "does not exist" in str(error):
                    return False
                raise

        await until(until_asked)
        (question, *_) = await portal.mails_of(firm.sales)
        number_of = str(question["Subject"]).split("Anfrage ")[1][0]
        quote = commands[int(number_of)].quote
        for number in range(12):
            answer = reply_to(question, f"Antwort {number}", firm.sales, Angebot=PDF + bytes([65 + number]))
            portal.deliver(answer, reply_address_of(question))
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0.0, 0.4))
            await process.kill()
            await process.start()

        async def all_there() -> bool:
            return len(await texts(looker, firm, quote)) >= 12

        await until(all_there, 60)
        await asyncio.sleep(2)
        assert Counter(await texts(looker, firm, quote)) == Counter(f"Antwort {number}" for number in range(12))

        async def settled() -> list[tuple[str, int]] | None:
            async with await AsyncConnection.connect(settings.database_url) as conn:
                found = await conn.execute("SELECT status, count(*) FROM sent_mails GROUP BY status")
                counts = dict(await found.fetchall())
            return list(counts.items()) if counts.get("sent", 0) + counts.get("unknown", 0) == 6 else None

        await until(settled)
        subjects = Counter(str(mail["Subject"]) for mail in await portal.mails_of(firm.sales))
        assert set(subjects.values()) == {1}, "a mail came twice"
        await process.stop()


# C50
async def test_twenty_megabytes_go_to_sales_and_come_back(portal: Portal, firm: Firm) -> None:
    large = PDF + random.Random(1).randbytes(20_000_000)
    async with portal.knows(firm) as looker, portal.quotes() as quotes:
        await known_to(quotes, firm)
        plan = File(
            sha256=await quotes.files.put(large), name="Plan.pdf", media_type="application/pdf", size=len(large)
        )
        command = firm.request(plan)
        await quotes.execute(command, firm.maria)
        (question,) = await portal.mails_of(firm.sales, within=60)
        (attached,) = question.iter_attachments()
        assert attached.get_content() == large
        portal.deliver(reply_to(question, "Siehe Anlage.", firm.sales, Angebot=large), reply_address_of(question))

        async def arrived() -> bool:
            return bool(await texts(looker, firm, command.quote))

        await until(arrived, 60)
        doc = await looker.rows.get(answers, firm.tenant, command.quote)
        assert doc is not None
        assert await looker.files.get(doc.said[0].files[0].sha256) == large
