"""Only the firm answers: machines, strangers, forgers and empty mails do not become messages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from mail_samples import BOUNCE, PDF, file, head, plain, with_files
from quotes.inbound.address import message_id_for, reply_address
from quotes.inbound.mail import MAX_MAIL, Automatic, UnreadableMail
from quotes.inbound.read import read_mail
from quotes.inbound.thread import Found, How, which_conversation
from quotes.inbound.trust import Doubt, Firm, doubt_about

FIRM = Firm(uuid4(), "angebote@firma.example", "portal@firma.example")
SECRET, MAILBOX = b"secret", "portal@hoftor.example"
QUOTE, OTHER = uuid4(), uuid4()


# C49
@pytest.mark.parametrize(
    ("sender", "doubt"),
    [
        ("Jens <jens@firma.example>", None),
        ("JENS@FIRMA.EXAMPLE", None),
        ("angebote@firma.example", None),
        ('"Krüger, Jens" <jens@firma.example>', None),
        ("Krüger, Jens <jens@firma.example>", None),
        ("jens@andere.example", Doubt.stranger),
        ("jens@firma.example.andere.example", Doubt.stranger),
        ("jens@nicht-firma.example", Doubt.stranger),
        ('"jens@firma.example" <boese@andere.example>', Doubt.stranger),
        ("jens@firma.example, boese@andere.example", Doubt.no_sender),
        ("keine Adresse", Doubt.no_sender),
        (None, Doubt.no_sender),
    ],
)
def test_only_the_firms_own_addresses_are_believed(sender: str | None, doubt: Doubt | None) -> None:
    assert doubt_about(read_mail(plain("Gern.", From=sender)), FIRM) is doubt


def test_two_senders_in_two_headers_are_none() -> None:
    raw = b"From: boese@andere.example\r\n" + plain("Gern.")
    assert doubt_about(read_mail(raw), FIRM) is Doubt.no_sender


def test_at_a_free_mail_provider_only_the_firms_own_address_counts() -> None:
    small = Firm(uuid4(), "mueller-container@gmx.de", "mueller-container@gmx.de")
    assert doubt_about(read_mail(plain("Gern.", From="mueller-container@gmx.de")), small) is None
    assert doubt_about(read_mail(plain("Gern.", From="irgendwer@gmx.de")), small) is Doubt.stranger


OURS = "mx.hoftor.example; "


# C49
@pytest.mark.parametrize(
    ("results", "doubt"),
    [
        ([OURS + "dmarc=pass header.from=firma.example"], None),
        ([OURS + "spf=fail smtp.mailfrom=firma.example; dmarc=fail (p=none) header.from=firma.example"], Doubt.forged),
        ([OURS + "spf=fail smtp.mailfrom=firma.example"], Doubt.forged),
        ([OURS + "spf=fail smtp.mailfrom=list.example; dkim=pass header.d=firma.example"], None),
        ([OURS + "spf=fail smtp.mailfrom=firma.example; dkim=pass header.d=boese.example"], Doubt.forged),
        ([OURS + "spf=softfail smtp.mailfrom=firma.example"], None),
        ([OURS + "dmarc=fail header.from=firma.example", "mx.boese.example; dmarc=pass"], Doubt.forged),
        ([OURS + "spf=fail (dmarc=pass) smtp.mailfrom=firma.example"], Doubt.forged),
        ([OURS + "none"], None),
        ([], None),
    ],
)
def test_a_sender_that_our_mail_server_calls_forged_is_not_believed(results: list[str], doubt: Doubt | None) -> None:
    raw = "".join(f"Authentication-Results: {result}\r\n" for result in results).encode() + plain("Gern.")
    assert doubt_about(read_mail(raw), FIRM) is doubt


# C49
def test_a_mail_without_text_and_files_is_put_aside_and_one_with_files_alone_is_not() -> None:
    assert doubt_about(read_mail(plain(" \n\n")), FIRM) is Doubt.empty
    assert doubt_about(read_mail(with_files("", file('attachment; filename="a.pdf"', PDF))), FIRM) is None
    assert doubt_about(read_mail(with_files("", file('attachment; filename="a.exe"', b"MZ"))), FIRM) is None


def test_an_answer_to_no_conversation_is_put_aside() -> None:
    assert doubt_about(read_mail(plain("Gern.")), None) is Doubt.no_conversation


# C49
@pytest.mark.parametrize(
    ("raw", "automatic"),
    [
        (plain("Gern."), None),
        (plain("Gern.", Auto_Submitted="no"), None),
        (plain("Urlaub im Dezember geplant?", Subject="Urlaub Mulden"), None),
        (plain("Danke", Auto_Submitted="auto-replied"), Automatic.answered_by_machine),
        (plain("Danke", Auto_Submitted="auto-generated (by rule)"), Automatic.answered_by_machine),
        (plain("Danke", Auto_Submitted="auto-generated"), Automatic.answered_by_machine),
        (plain("Danke", X_Auto_Response_Suppress="All"), Automatic.answered_by_machine),
        (plain("Danke", X_Autoreply="yes"), Automatic.answered_by_machine),
        (plain("Danke", Precedence="auto_reply"), Automatic.answered_by_machine),
        (
            plain("Ich bin bis 1.12. nicht im Büro.", Subject="Automatische Antwort: Angebotsanfrage"),
            Automatic.absence,
        ),
        (plain("I am on vacation.", Subject="Automatic reply: Mulden"), Automatic.absence),
        (plain("Bin weg.", Subject="Abwesenheitsnotiz: Mulden", Auto_Submitted="auto-replied"), Automatic.absence),
        (BOUNCE, Automatic.bounce),
        (plain("Could not be delivered", From="MAILER-DAEMON@mail.example"), Automatic.bounce),
        (plain("Could not be delivered", Return_Path="<>"), Automatic.bounce),
        (plain("x", X_Failed_Recipients="angebote@firma.example"), Automatic.bounce),
        (plain("Neues", List_Id="<news.firma.example>"), Automatic.mailing_list),
        (plain("Neues", Precedence="bulk"), Automatic.bulk),
        (plain("Unsere eigene", X_Hoftor_Conversation=str(QUOTE)), Automatic.loop),
    ],
)
def test_mails_of_machines_are_told_from_mails_of_people(raw: bytes, automatic: Automatic | None) -> None:
    assert read_mail(raw).automatic is automatic


ADDRESS = reply_address(SECRET, MAILBOX, QUOTE)
MESSAGE_ID = message_id_for(SECRET, QUOTE, uuid4(), "firma.example")
KNOWN = {"<known@firma.example>": QUOTE}


# C49
@pytest.mark.parametrize(
    ("headers", "how"),
    [
        ({"To": ADDRESS}, How.reply_address),
        ({"To": ADDRESS.upper()}, How.reply_address),
        ({"To": f'"Antwort an Maria" <{ADDRESS}>, chef@firma.example'}, How.reply_address),
        ({"Cc": ADDRESS}, How.reply_address),
        ({"Delivered_To": ADDRESS}, How.reply_address),
        ({"To": MAILBOX, "In_Reply_To": MESSAGE_ID}, How.in_reply_to),
        ({"To": MAILBOX, "In_Reply_To": "<known@firma.example>"}, How.in_reply_to),
        ({"To": MAILBOX, "References": f"<x@y.example> {MESSAGE_ID} <z@y.example>"}, How.references),
        ({"To": MAILBOX, "In_Reply_To": "<x@y.example>", "References": MESSAGE_ID}, How.references),
        ({"To": MAILBOX, "Subject": "Re: Angebotsanfrage: Zwei Mulden"}, None),
        ({"To": reply_address(b"another", MAILBOX, QUOTE)}, None),
        ({"To": ADDRESS.replace("hoftor.example", "andere.example")}, None),
        ({"To": MAILBOX, "In_Reply_To": message_id_for(b"another", QUOTE, uuid4(), "firma.example")}, None),
    ],
)
def test_the_conversation_is_found_by_what_nobody_can_make_up(headers: dict[str, str], how: How | None) -> None:
    mail = read_mail(plain("Gern.", **headers))
    assert which_conversation(mail, SECRET, MAILBOX, KNOWN) == (how and Found(QUOTE, how))


def test_the_reply_address_comes_before_what_the_mail_refers_to() -> None:
    mail = read_mail(plain("Gern.", To=reply_address(SECRET, MAILBOX, OTHER), In_Reply_To=MESSAGE_ID))
    found = which_conversation(mail, SECRET, MAILBOX, KNOWN)
    assert found is not None
    assert found.conversation == OTHER


@pytest.mark.parametrize("place", [0, 10, 25, 39])
def test_a_reply_address_with_one_other_letter_names_no_conversation(place: int) -> None:
    local, _, domain = ADDRESS.partition("@")
    prefix, _, token = local.partition("+")
    letter = "a" if token[place] != "a" else "b"
    forged = f"{prefix}+{token[:place]}{letter}{token[place + 1 :]}@{domain}"
    assert which_conversation(read_mail(plain("Gern.", To=forged)), SECRET, MAILBOX, {}) is None


# C49
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\1\2\3",
        b"GET / HTTP/1.1\r\n\r\n",
        head() + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 600,
        b"From: a@b.example\r\n\r\n" + b"\n" * 1_600_000,
        b"From: a@b.example\r\n\r\n" + b"x" * MAX_MAIL,
    ],
    ids=["nothing", "binary", "no mail", "too many parts", "too many lines", "too large"],
)
def test_a_mail_that_cannot_be_read_says_so(raw: bytes) -> None:
    with pytest.raises(UnreadableMail):
        read_mail(raw)


@pytest.mark.parametrize("cut_at", range(0, 900, 37))
def test_a_mail_that_was_cut_off_is_read_as_far_as_it_goes_or_refused(cut_at: int) -> None:
    raw = with_files("Gern: 480 €", file('attachment; filename="Angebot.pdf"', PDF * 5))[:cut_at]
    try:
        mail = read_mail(raw)
    except UnreadableMail:
        return
    assert "Content-Type" not in mail.text


def test_a_mail_without_an_id_gets_the_same_one_at_every_reading_and_by_every_way() -> None:
    raw = plain("Gern.", Message_ID=None)
    again = b"Received: by mx.example\r\n" + raw
    assert read_mail(raw).message_id == read_mail(again).message_id
    assert read_mail(raw).message_id != read_mail(plain("Nein.", Message_ID=None)).message_id


def test_an_encoded_sender_and_subject_are_read() -> None:
    mail = read_mail(
        plain("Gern.", From="=?utf-8?Q?Jens_Kr=C3=BCger?= <jens@firma.example>", Subject="=?iso-8859-1?Q?Gr=F6=DFe?=")
    )
    assert (mail.sender, mail.sender_name, mail.subject) == ("jens@firma.example", "Jens Krüger", "Größe")
