"""Documents that sales sends along are taken over; what could harm a customer is not, and is named."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from chassis.file_kinds import Refusal
from mail_samples import PDF, file, head, html, picture, plain, winmail, with_files
from quotes.inbound.mail import MAX_FILE, InboundMail
from quotes.inbound.read import read_mail


def names(mail: InboundMail) -> list[str]:
    return [one.name for one in mail.attachments]


def zipped(*members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return content.getvalue()


# C50
@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=Angebot.pdf", "Angebot.pdf"),
        ('attachment; filename="Angebot Süd.pdf"', "Angebot Süd.pdf"),
        ("attachment; filename*=UTF-8''Angebot%20M%C3%BCller%20Gr%C3%B6%C3%9Fe.pdf", "Angebot Müller Größe.pdf"),
        (
            "attachment; filename*0*=UTF-8''Angebot%20f%C3%BCr%20die%20; filename*1*=M%C3%BCller%20GmbH.pdf",
            "Angebot für die Müller GmbH.pdf",
        ),
        ("attachment; filename*=iso-8859-1'de'Gr%F6%DFe.pdf", "Größe.pdf"),
        ('attachment; filename="=?utf-8?B?QW5nZWJvdCBHcsO2w59lLnBkZg==?="', "Angebot Größe.pdf"),
        ('attachment; filename="=?iso-8859-1?Q?Angebot_Gr=F6=DFe.pdf?="', "Angebot Größe.pdf"),
        ('attachment;\r\n filename="=?utf-8?Q?Angebot_?=\r\n =?utf-8?Q?S=C3=BCd.pdf?="', "Angebot Süd.pdf"),
        ('attachment; filename="C:\\Users\\jens\\Angebot.pdf"', "Angebot.pdf"),
        ('attachment; filename="../../etc/Angebot.pdf"', "Angebot.pdf"),
        ("attachment; filename*=UTF-8''Angebot%20Su%CC%88d.pdf", "Angebot Süd.pdf"),
        ("attachment", "Anhang.pdf"),
        ('inline; filename="Angebot.pdf"', "Angebot.pdf"),
    ],
)
def test_file_names_arrive_with_their_umlauts_and_without_a_path(disposition: str, name: str) -> None:
    mail = read_mail(with_files("Gern.", file(disposition, PDF)))
    assert names(mail) == [name]
    assert mail.attachments[0].content == PDF
    assert mail.attachments[0].media_type == "application/pdf"
    assert mail.text == "Gern."


def test_a_name_in_the_content_type_alone_counts() -> None:
    part = b'Content-Type: application/pdf; name="=?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?="\r\n'
    part += b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(PDF)
    assert names(read_mail(with_files("Gern.", part))) == ["Größe.pdf"]


# C50
@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("rechnung.exe", b"MZ" + b"\0" * 100, Refusal.program),
        ("rechnung.pdf", b"MZ" + b"\0" * 100, Refusal.program),
        ("rechnung.pdf.js", b"alert(1)", Refusal.program),
        ("seite.html", b"<html></html>", Refusal.web_page),
        ("bild.txt", b"<!-- x --><svg onload=alert(1)>", Refusal.web_page),
        ("liste.xlsm", zipped("[Content_Types].xml", "xl/vbaProject.bin"), Refusal.macros),
        ("liste.xlsx", zipped("[Content_Types].xml", "xl/vbaProject.bin"), Refusal.macros),
        ("archiv.zip", zipped("rechnung.exe"), Refusal.archive),
        ("leer.pdf", b"", Refusal.empty),
        ("daten.xyz", b"\0\1\2\3" * 50, Refusal.kind),
        ("archiv.zip", b"PK\x03\x04kaputt", Refusal.broken),
    ],
)
def test_dangerous_files_are_refused_and_named(name: str, content: bytes, refusal: Refusal) -> None:
    mail = read_mail(with_files("Siehe Anlagen.", file(f'attachment; filename="{name}"', content)))
    assert mail.attachments == ()
    assert [(one.name, one.reason) for one in mail.refused_attachments] == [(name, refusal)]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("foto.png", picture(), "image/png"),
        ("Angebot.docx", zipped("[Content_Types].xml", "word/document.xml"), "vnd.openxmlformats-officedocument"),
        ("Preise.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "vnd.openxmlformats-officedocument"),
        ("fotos.zip", zipped("eins.jpg", "zwei.jpg"), "application/zip"),
        ("LV.x83", b'<?xml version="1.0"?><GAEB xmlns="http://www.gaeb.de/GAEB_DA_XML/DA83/3.2"/>', "application/xml"),
        ("preise.csv", "Größe;Preis\n7;480".encode(), "text/csv"),
        ("ohne endung", b"einfach Text", "text/plain"),
    ],
)
def test_documents_of_every_day_are_taken(name: str, content: bytes, kind: str) -> None:
    mail = read_mail(with_files("", file(f'attachment; filename="{name}"', content, "application/octet-stream")))
    assert mail.refused_attachments == ()
    assert kind in mail.attachments[0].media_type


# C50
def test_a_file_of_20_mb_is_taken_and_one_over_the_limit_is_named() -> None:
    large = PDF + b"x" * (20 * 1024 * 1024)
    mail = read_mail(with_files("Pläne.", file('attachment; filename="Plan.pdf"', large)))
    assert [(one.name, len(one.content)) for one in mail.attachments] == [("Plan.pdf", len(large))]
    beyond = PDF + b"x" * MAX_FILE
    mail = read_mail(with_files("Pläne.", file('attachment; filename="Plan.pdf"', beyond)))
    assert [one.reason for one in mail.refused_attachments] == [Refusal.too_large]


def test_files_of_one_name_are_told_apart_and_the_21st_is_named() -> None:
    parts = [file('attachment; filename="Angebot.pdf"', PDF + bytes([number])) for number in range(1, 22)]
    mail = read_mail(with_files("", *parts))
    assert names(mail)[:3] == ["Angebot.pdf", "Angebot (2).pdf", "Angebot (3).pdf"]
    assert len(mail.attachments) == 20
    assert [one.reason for one in mail.refused_attachments] == [Refusal.too_many]


# C50
def test_a_logo_in_the_signature_is_no_document_but_a_photograph_is() -> None:
    page = b'Content-Type: text/html\r\n\r\n<p>Gern.</p><img src="cid:logo"><img src="cid:foto">'
    logo = b"Content-ID: <logo>\r\n" + file('inline; filename="image001.png"', picture(), "image/png")
    photo = b"Content-ID: <foto>\r\n" + file('inline; filename="Halle.png"', picture(200_000), "image/png")
    inner = b"".join(b"--b\r\n" + part + b"\r\n" for part in (page, logo, photo)) + b"--b--\r\n"
    mail = read_mail(head() + b"Content-Type: multipart/related; boundary=b\r\n\r\n" + inner)
    assert names(mail) == ["Halle.png"]
    assert mail.text == "Gern."


# C50
def test_winmail_dat_of_outlook_is_unpacked() -> None:
    packed = winmail("Gern: 480 € je Mulde.", ("Angebot Größe 7m³.pdf", PDF), ("Lageplan.png", picture()))
    part = file('attachment; filename="winmail.dat"', packed, "application/ms-tnef")
    mail = read_mail(with_files("", part))
    assert mail.text == "Gern: 480 € je Mulde."
    assert [(one.name, one.content) for one in mail.attachments] == [
        ("Angebot Größe 7m³.pdf", PDF),
        ("Lageplan.png", picture()),
    ]


@pytest.mark.parametrize("length", [4, 20, 60, 130])
def test_a_damaged_winmail_dat_is_named_and_the_rest_of_the_mail_taken(length: int) -> None:
    part = file('attachment; filename="winmail.dat"', winmail("x" * 40, ("a.pdf", PDF))[:length])
    mail = read_mail(with_files("Gern.", part))
    assert mail.text == "Gern."
    assert mail.attachments == ()


def test_a_program_inside_winmail_dat_is_refused_too() -> None:
    part = file('attachment; filename="winmail.dat"', winmail("Gern.", ("rechnung.exe", b"MZ" + b"\0" * 50)))
    mail = read_mail(with_files("", part))
    assert [one.reason for one in mail.refused_attachments] == [Refusal.program]


def test_a_forwarded_mail_stays_one_file() -> None:
    inner = b"Subject: Preise\r\nFrom: lager@firma.example\r\n\r\nMulde 480"
    mail = read_mail(with_files("Siehe unten.", b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert names(mail) == ["Preise.eml"]
    assert mail.text == "Siehe unten."


def test_a_mail_without_any_file_has_none() -> None:
    assert read_mail(plain("Gern.")).attachments == ()
    assert read_mail(html("<p>Gern.</p>")).attachments == ()
