"""What sales wrote is shown; what its mail program quoted below is not."""

from __future__ import annotations

import pytest
from mail_samples import alternative, html, plain
from quotes.inbound.quoting import REPLY_ABOVE
from quotes.inbound.read import read_mail

ANSWER = "Gern: 480 € je Mulde.\n\nViele Grüße\nJens Krüger"
ASKED = "Wir brauchen zwei Mulden."

# C49
QUOTED = {
    "nothing quoted": "",
    "Outlook, German": (
        "\n\nVon: Maria Schulz (Kundenportal) <portal@firma.example>\nGesendet: Dienstag, 24. November 2026 09:10\n"
        f"An: Angebote <angebote@firma.example>\nBetreff: Angebotsanfrage: Mulden\n\n{ASKED}"
    ),
    "Outlook, German, with a rule and bold labels": (
        "\n\n________________________________\n*Von:* Maria Schulz <portal@firma.example>\n"
        "*Gesendet:* Dienstag, 24. November 2026 09:10\n*An:* Angebote <angebote@firma.example>\n"
        f"*Betreff:* Angebotsanfrage\n\n{ASKED}"
    ),
    "Outlook, English": (
        "\n\nFrom: Maria Schulz <portal@firma.example>\nSent: Tuesday, November 24, 2026 9:10 AM\n"
        f"To: Angebote <angebote@firma.example>\nSubject: Angebotsanfrage\n\n{ASKED}"
    ),
    "Outlook, with a copy": (
        "\n\nVon: Maria Schulz <portal@firma.example>\nGesendet: Dienstag, 24. November 2026 09:10\n"
        f"An: Angebote <angebote@firma.example>\nCc: Chef <chef@firma.example>\nBetreff: Angebotsanfrage\n\n{ASKED}"
    ),
    "Outlook 2003": f"\n\n-----Ursprüngliche Nachricht-----\nVon: Maria\nAn: Angebote\nBetreff: Mulden\n\n{ASKED}",
    "Original Message": f"\n\n-----Original Message-----\nFrom: Maria\nTo: Angebote\nSubject: Mulden\n\n{ASKED}",
    "Gmail, German": (
        f"\n\nAm Di., 24. Nov. 2026 um 09:10 Uhr schrieb Maria Schulz <portal@firma.example>:\n\n> {ASKED}\n"
    ),
    "Gmail, German, wrapped": (
        "\n\nAm Di., 24. Nov. 2026 um 09:10 Uhr schrieb Maria Schulz (Kundenportal) <\n"
        f"portal@firma.example>:\n\n> {ASKED}\n"
    ),
    "Gmail, English": (
        f"\n\nOn Tue, Nov 24, 2026 at 9:10 AM Maria Schulz <portal@firma.example> wrote:\n\n> {ASKED}\n"
    ),
    "Apple Mail, German": (
        f"\n\n> Am 24.11.2026 um 09:10 schrieb Maria Schulz <portal@firma.example>:\n> \n> {ASKED}\n"
    ),
    "Apple Mail, English": (
        f"\n\n> On 24. Nov 2026, at 09:10, Maria Schulz <portal@firma.example> wrote:\n> \n> {ASKED}\n"
    ),
    "iPhone": (
        "\n\nVon meinem iPhone gesendet\n\n> Am 24.11.2026 um 09:10 schrieb Maria Schulz <portal@firma.example>:\n"
        f"> \n> \ufeff{ASKED}\n"
    ),
    "Thunderbird, German": f"\n\nAm 24.11.26 um 09:10 schrieb Maria Schulz (Kundenportal):\n> {ASKED}\n",
    "Thunderbird, English": f"\n\nOn 24.11.26 09:10, Maria Schulz wrote:\n> {ASKED}\n",
    "our own line alone": f"\n\n{REPLY_ABOVE}\n\nMaria Schulz bittet um ein Angebot:\n\n{ASKED}\n",
    "quoted without an announcement": f"\n\n> {ASKED}\n> Danke!\n",
    "Outlook on the phone": (
        "\n\nOutlook für iOS<https://aka.ms/o0ukef>\n________________________________\n"
        "Von: Maria Schulz <portal@firma.example>\nGesendet: Dienstag, 24. November 2026 09:10:00\n"
        f"An: Angebote <angebote@firma.example>\nBetreff: Angebotsanfrage\n\n{ASKED}"
    ),
    "GMX": (
        '\n\nGesendet: Dienstag, 24. November 2026 um 09:10 Uhr\nVon: "Maria Schulz" <portal@firma.example>\n'
        f"An: angebote@firma.example\nBetreff: Angebotsanfrage\n\n{ASKED}"
    ),
}


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
def test_the_quoted_history_is_cut_off_and_nothing_else(quoted: str) -> None:
    mail = read_mail(plain(ANSWER + quoted))
    assert mail.text == ANSWER
    if quoted:
        assert "Mulden" in mail.full_text


@pytest.mark.parametrize(
    "sentence",
    [
        "Von: Lager Nord\nAn: Werk Süd\nfahren wir zweimal.",
        "Am Montag um 9:10 schrieb ich Ihnen bereits:\nbitte die Einfahrt freihalten.",
        "On Monday we wrote:\nplease keep the gate free.",
        "Betreff: Vertrag 4711\nDatum: 1.12.2026\nbitte gegenzeichnen.",
        "Preis > 400 €\n> 500 € nur mit Freigabe\nGruß",
    ],
)
def test_a_sentence_that_looks_like_an_announcement_stays(sentence: str) -> None:
    assert read_mail(plain(sentence)).text.split() == sentence.split()


# C49
def test_answers_between_quoted_lines_keep_their_question() -> None:
    text = (
        "Am 24.11.26 um 09:10 schrieb Maria Schulz:\n> Wann können Sie liefern?\n\nAm Dienstag.\n\n"
        "> Was kostet es?\n\n480 €.\n"
    )
    found = read_mail(plain(text)).text
    assert [line for line in found.split("\n") if line] == [
        "> Wann können Sie liefern?",
        "Am Dienstag.",
        "> Was kostet es?",
        "480 €.",
    ]


def test_an_answer_below_the_history_is_found() -> None:
    text = f"Am 24.11.26 um 09:10 schrieb Maria Schulz:\n> {ASKED}\n\n{ANSWER}\n"
    assert read_mail(plain(text)).text == ANSWER


def test_a_forwarded_mail_without_a_word_is_shown_whole() -> None:
    text = f"-------- Weitergeleitete Nachricht --------\nVon: Chef\nAn: Jens\nBetreff: Mulden\n\n{ASKED}"
    assert ASKED in read_mail(plain(text)).text


OUTLOOK_PAGE = """<html><head><style>p.MsoNormal{margin:0cm}</style></head><body lang=DE><div class=WordSection1>
<p class=MsoNormal>Guten Tag Frau Schulz,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table><tr><td><p class=MsoNormal>Mulde 7&nbsp;m³</p></td><td><p class=MsoNormal>480&nbsp;€</p></td></tr></table>
<p class=MsoNormal>Viele Gr&uuml;&szlig;e<o:p></o:p></p><div>
<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Maria Schulz
&lt;portal@firma.example&gt; <br><b>Gesendet:</b> Dienstag, 24. November 2026 09:10<br>
<b>An:</b> Angebote &lt;angebote@firma.example&gt;<br><b>Betreff:</b> Angebotsanfrage</p></div></div>
<p class=MsoNormal>Wir brauchen zwei Mulden.</p></div></body></html>"""
GMAIL_PAGE = """<div dir="ltr">Guten Tag,<div><br></div><div>480 € je Mulde.</div></div><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">Am Di., 24. Nov. 2026 um 09:10 Uhr schrieb Maria Schulz &lt;<a
href="mailto:portal@firma.example">portal@firma.example</a>&gt;:<br></div><blockquote class="gmail_quote"
style="margin:0px">Wir brauchen zwei Mulden.</blockquote></div>"""


# C49
def test_an_outlook_mail_of_html_alone_reads_like_a_typed_one() -> None:
    text = read_mail(html(OUTLOOK_PAGE)).text
    assert [line for line in text.split("\n") if line] == [
        "Guten Tag Frau Schulz,",
        "Mulde 7 m³ | 480 €",
        "Viele Grüße",
    ]


def test_a_gmail_mail_of_html_alone_loses_its_history() -> None:
    text = read_mail(html(GMAIL_PAGE)).text
    assert [line for line in text.split("\n") if line] == ["Guten Tag,", "480 € je Mulde."]


def test_scripts_and_hidden_things_of_a_page_are_not_text() -> None:
    text = read_mail(html("<p>Gern.</p><script>alert(1)</script><style>p{}</style><!-- geheim -->")).text
    assert text == "Gern."


def test_plain_text_comes_before_html_unless_it_is_empty() -> None:
    assert read_mail(alternative("Gern.", "<p>Anders</p>")).text == "Gern."
    assert read_mail(alternative(" \r\n", "<p>Nur hier</p>")).text == "Nur hier"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15", "windows-1252"])
def test_umlauts_arrive_in_every_charset(charset: str) -> None:
    assert read_mail(plain("Größe: 7 m, 480 €", charset)).text == "Größe: 7 m, 480 €"


def test_a_wrong_charset_does_not_lose_a_letter() -> None:
    raw = plain("Größe").replace(b"charset=utf-8", b"charset=us-ascii")
    assert read_mail(raw).text == "Größe"
    unknown = plain("Größe").replace(b"charset=utf-8", b"charset=x-nonsense")
    assert read_mail(unknown).text == "Größe"


def test_flowed_lines_are_joined() -> None:
    raw = plain("Wir liefern am \nDienstag.\n").replace(b"charset=utf-8", b"charset=utf-8; format=flowed")
    assert read_mail(raw).text == "Wir liefern am Dienstag."


def test_a_very_long_text_is_cut_and_says_so() -> None:
    mail = read_mail(plain("Zeile\n" * 10_000))
    assert len(mail.text) <= 20_000
    assert mail.text.endswith("[…]")
