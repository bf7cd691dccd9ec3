"""The mail that tells of an answer: who wrote, what, with which files, and the way to it."""

from uuid import UUID

from contracts.quotes import QuoteAnswered
from contracts.values import Address, Branding, File
from gateway.mails.letter import Pen, Reader, message
from gateway.mails.quotes import LONGEST, letter, shortened
from gateway.who import TenantDoc

FIRM = TenantDoc(
    tenant=UUID(int=1),
    name="Nordhof Entsorgung",
    domains=("portal.nordhof.example",),
    branding=Branding(primary="#7a1fa2"),
    sender="portal@nordhof.example",
    quote_address="vertrieb@nordhof.example",
    phone="",
    address=Address(street="Am Tor 1", postal_code="44135", city="Dortmund"),
    region="NW",
    map_tiles="",
    terms_version="1",
    privacy_version="1",
)
ANSWERED = QuoteAnswered(
    quote=UUID(int=2),
    customer=UUID(int=3),
    site=None,
    message=UUID(int=4),
    user=UUID(int=5),
    subject="Presse <mieten>",
    sender_name="Viktor Vertrieb",
    text="Gern, 50 € im Monat.",
    files=(File(sha256="0" * 64, name="Angebot.pdf", media_type="application/pdf", size=1),),
    refused_files=(),
)


# C51, C52
def test_the_mail_links_to_the_answer_in_the_design_of_the_firm() -> None:
    pen = Pen(FIRM, Reader("maria@kunde.example", "Maria Schulz", "de"), "https://portal.nordhof.example")
    mail = message(letter(pen, ANSWERED), pen, UUID(int=9))
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    link = f"https://portal.nordhof.example/quotes/{ANSWERED.quote}#m-{ANSWERED.message}"
    assert mail["Subject"] == "Antwort auf Ihre Anfrage: Presse <mieten>"
    for body in (text, html):
        for word in (link, "Viktor Vertrieb", "Gern, 50 € im Monat.", "Angebot.pdf", "Nordhof Entsorgung"):
            assert word in body
    assert "#7a1fa2" in html
    assert "Presse &lt;mieten&gt;" in html
    assert "<mieten>" not in html


# C52
def test_the_logo_of_the_firm_lies_in_the_mail() -> None:
    pen = Pen(FIRM, Reader("maria@kunde.example", "Maria Schulz", "de"), "https://portal.nordhof.example")
    mail = message(letter(pen, ANSWERED), pen, UUID(int=9), b"the logo", "image/png")
    html = mail.get_body(("related", "html"))
    assert html is not None
    assert 'src="cid:logo"' in html.get_body(("html",)).get_content()  # type: ignore[union-attr]
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [(part["Content-ID"], part.get_content()) for part in pictures] == [("<logo>", b"the logo")]  # type: ignore[attr-defined]
    assert str(mail["From"]) == "Nordhof Entsorgung <portal@nordhof.example>"


def test_a_long_answer_is_cut_between_two_words() -> None:
    assert shortened("kurz") == "kurz"
    long = "wort " * 300
    cut = shortened(long)
    assert len(cut) <= LONGEST + 2
    assert cut.endswith("wort …")
