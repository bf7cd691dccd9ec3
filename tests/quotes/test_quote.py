"""Who may ask for a quote, who may answer, and what counts as read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Event
from contracts.quotes import (
    MarkQuoteRead,
    QuoteAnswered,
    QuoteRead,
    QuoteReplied,
    QuoteRequested,
    ReplyToQuote,
    RequestQuote,
    TakeAnswer,
)
from contracts.values import Address, File, Role
from quotes.quote import LARGEST, Quote, decide, evolve, quote

TENANT, CUSTOMER, OTHER, SITE, QUOTE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARIA = Asker(TENANT, "user", "Maria Schulz", uuid4(), CUSTOMER, Role.orderer, None, "maria@kunde.example")
READER = replace(MARIA, user=uuid4(), role=Role.reader)
ELSEWHERE = replace(MARIA, user=uuid4(), sites=frozenset({uuid4()}))
STRANGER = replace(MARIA, user=uuid4(), customer=OTHER)
ROOM = Asker(TENANT, "room")
NEW_SITE = Address(street="Am Kai 3", postal_code="20457", city="Hamburg")
FACTS = {("sites", str(SITE)): SimpleNamespace(customer=CUSTOMER, name="Werk Süd", active=True)}


def asked(who: Asker = MARIA, facts: Any = FACTS) -> Asked:
    return Asked(who, NOW, facts)


def file(name: str = "Plan.pdf", size: int = 1000) -> File:
    return File(sha256="cd" * 32, name=name, media_type="application/pdf", size=size)


def request(**changes: Any) -> RequestQuote:
    given = {"quote": QUOTE, "customer": CUSTOMER, "subject": "Zwei Mulden", "description": "Für drei Wochen."}
    return RequestQuote(**{**given, "site": SITE, **changes})


def reply(message: UUID, **changes: Any) -> ReplyToQuote:
    return ReplyToQuote(**{"quote": QUOTE, "customer": CUSTOMER, "message": message, "text": "Passt.", **changes})


def answer(message: UUID, **changes: Any) -> TakeAnswer:
    given = {"quote": QUOTE, "message": message, "sender": "vertrieb@firma.example", "sender_name": "Jens Krüger"}
    return TakeAnswer(**{**given, "text": "Gern: 480 €.", "message_id": "<1@firma.example>", **changes})


def read(message: UUID, who: Asker = MARIA) -> MarkQuoteRead:
    return MarkQuoteRead(quote=QUOTE, customer=CUSTOMER, user=who.user or uuid4(), message=message)


def folded(events: Iterable[Event]) -> Quote:
    state = quote.initial
    for event in events:
        state = evolve(state, event)
    return state


REQUESTED = decide(request(), Quote(), asked())
FIRST = REQUESTED[0].message if isinstance(REQUESTED[0], QuoteRequested) else uuid4()
ANSWERED = [*REQUESTED, *decide(answer(UUID(int=2)), folded(REQUESTED), asked(ROOM))]
OPEN, AFTER_ANSWER = folded(REQUESTED), folded(ANSWERED)


# C44, C45, C46
def test_a_quote_for_a_known_site_says_who_asks_and_where() -> None:
    [event] = decide(request(files=(file(),)), Quote(), asked())
    assert isinstance(event, QuoteRequested)
    assert (event.site, event.site_name, event.new_site) == (SITE, "Werk Süd", None)
    assert (event.user, event.user_name, event.user_email) == (MARIA.user, "Maria Schulz", "maria@kunde.example")
    assert (event.description, event.files) == ("Für drei Wochen.", (file(),))


# C46
def test_a_quote_for_a_new_site_carries_its_address() -> None:
    [event] = decide(request(site=None, new_site=NEW_SITE), Quote(), asked(ELSEWHERE))
    assert isinstance(event, QuoteRequested)
    assert (event.site, event.new_site, event.site_name) == (None, NEW_SITE, "Am Kai 3, 20457 Hamburg")


FOREIGN = {("sites", str(SITE)): SimpleNamespace(customer=OTHER, name="Fremd", active=True)}
CLOSED = {("sites", str(SITE)): SimpleNamespace(customer=CUSTOMER, name="Alt", active=False)}


# C46
@pytest.mark.parametrize(
    ("who", "changes", "facts", "refusal"),
    [
        (READER, {}, FACTS, NotAllowed),
        (ROOM, {}, FACTS, NotAllowed),
        (replace(MARIA, email=""), {}, FACTS, NotAllowed),
        (STRANGER, {}, FACTS, NotFound),
        (ELSEWHERE, {}, FACTS, NotFound),
        (MARIA, {}, {}, NotFound),
        (MARIA, {}, FOREIGN, NotFound),
        (MARIA, {}, CLOSED, Refused),
        (MARIA, {"site": None}, FACTS, Invalid),
        (MARIA, {"new_site": NEW_SITE}, FACTS, Invalid),
        (MARIA, {"files": (file("Setup.exe"),)}, FACTS, Invalid),
        (MARIA, {"files": (file(size=LARGEST), file(size=1))}, FACTS, Invalid),
    ],
)
def test_a_request_is_refused(who: Asker, changes: dict[str, Any], facts: Any, refusal: type[Refused]) -> None:
    with pytest.raises(Refused) as refused:
        decide(request(**changes), Quote(), asked(who, facts))
    assert type(refused.value) is refusal
    assert str(refused.value)


def test_the_same_request_again_asks_once_and_another_under_its_number_is_refused() -> None:
    assert decide(request(), OPEN, asked()) == []
    with pytest.raises(Refused, match="already been asked"):
        decide(request(subject="Etwas anderes"), OPEN, asked())


# C57
def test_the_customer_goes_on_and_a_double_click_says_it_once() -> None:
    message = uuid4()
    [event] = decide(reply(message, files=(file(),)), AFTER_ANSWER, asked())
    assert isinstance(event, QuoteReplied)
    assert (event.site, event.user, event.user_name, event.text) == (SITE, MARIA.user, "Maria Schulz", "Passt.")
    assert decide(reply(message), evolve(AFTER_ANSWER, event), asked()) == []


@pytest.mark.parametrize(
    ("who", "changes", "refusal"),
    [
        (READER, {}, NotAllowed),
        (STRANGER, {}, NotFound),
        (STRANGER, {"customer": OTHER}, NotFound),
        (ELSEWHERE, {}, NotFound),
        (MARIA, {"files": (file("makro.docm"),)}, Invalid),
    ],
)
def test_a_reply_is_refused(who: Asker, changes: dict[str, Any], refusal: type[Refused]) -> None:
    with pytest.raises(Refused) as refused:
        decide(reply(uuid4(), **changes), AFTER_ANSWER, asked(who))
    assert type(refused.value) is refusal


def test_nobody_replies_to_a_quote_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        decide(reply(uuid4()), Quote(), asked())


# C49, C50, C51
def test_an_answer_of_the_firm_names_whom_to_tell_and_brings_its_files() -> None:
    [event] = decide(answer(uuid4(), files=(file(),), refused_files=("Setup.exe",)), OPEN, asked(ROOM))
    assert isinstance(event, QuoteAnswered)
    assert (event.user, event.customer, event.site, event.subject) == (MARIA.user, CUSTOMER, SITE, "Zwei Mulden")
    assert (event.sender_name, event.text) == ("Jens Krüger", "Gern: 480 €.")
    assert (event.files, event.refused_files) == ((file(),), ("Setup.exe",))


def test_the_same_answer_is_taken_once() -> None:
    assert decide(answer(UUID(int=2)), AFTER_ANSWER, asked(ROOM)) == []


def test_an_answer_without_a_name_shows_the_address() -> None:
    [event] = decide(answer(uuid4(), sender_name=""), OPEN, asked(ROOM))
    assert isinstance(event, QuoteAnswered)
    assert event.sender_name == "vertrieb@firma.example"


def test_a_customer_cannot_write_in_the_name_of_the_firm() -> None:
    with pytest.raises(NotFound):
        decide(answer(uuid4()), OPEN, asked())
    with pytest.raises(NotFound):
        decide(answer(uuid4()), Quote(), asked(ROOM))


# C58
def test_each_user_reads_for_oneself() -> None:
    [event] = decide(read(UUID(int=2)), AFTER_ANSWER, asked())
    assert event == QuoteRead(
        quote=QUOTE, customer=CUSTOMER, site=SITE, user=MARIA.user or uuid4(), message=UUID(int=2)
    )
    after = evolve(AFTER_ANSWER, event)
    assert decide(read(UUID(int=2)), after, asked()) == []
    assert decide(read(FIRST), after, asked()) == [], "reading goes forward only"
    assert len(decide(read(UUID(int=2), READER), after, asked(READER))) == 1


@pytest.mark.parametrize(
    ("command", "who"),
    [
        (read(UUID(int=2), READER), MARIA),
        (read(UUID(int=99)), MARIA),
        (read(UUID(int=2), ELSEWHERE), ELSEWHERE),
        (read(UUID(int=2), STRANGER), STRANGER),
    ],
)
def test_nobody_reads_for_others_or_what_is_not_theirs(command: MarkQuoteRead, who: Asker) -> None:
    with pytest.raises(NotFound):
        decide(command, AFTER_ANSWER, asked(who))


# C55
def test_the_conversation_keeps_every_message_in_its_order() -> None:
    [said] = decide(reply(UUID(int=3)), AFTER_ANSWER, asked())
    assert evolve(AFTER_ANSWER, said).messages == (FIRST, UUID(int=2), UUID(int=3))


def test_only_a_request_for_a_known_site_needs_the_site() -> None:
    assert list(quote.needs(request())) == [("sites", SITE)]
    assert list(quote.needs(request(site=None, new_site=NEW_SITE))) == []
    assert list(quote.needs(answer(uuid4()))) == []
