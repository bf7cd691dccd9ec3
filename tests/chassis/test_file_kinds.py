"""What kind a file is, its content says and not its name; what could harm a reader is not taken, by mail or form."""

from __future__ import annotations

import io
import zipfile

import pytest
from chassis.file_kinds import KINDS, Refusal, kind_of, named
from chassis.file_names import safe_name

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def packed(*names: str, **contents: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        for name, content in contents.items():
            archive.writestr(name, content)
    return made.getvalue()


def old_office(*streams: str) -> bytes:
    return OLE + b"".join(stream.encode("utf-16-le") for stream in streams)


DOCX = packed("[Content_Types].xml", "word/document.xml")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# C50
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Plan.pdf", PDF, "application/pdf"),
        ("PLAN.PDF", PDF, "application/pdf"),
        ("ohne Endung", PDF, "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("foto.jpg", PNG, "image/png"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + bytes(60), "image/jpeg"),
        ("brief.docx", DOCX, WORD),
        (
            "brief.odt",
            packed(mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        ("brief.doc", old_office("WordDocument"), "application/msword"),
        ("mengen.xls", old_office("Workbook"), "application/vnd.ms-excel"),
        ("brief.msg", old_office("__substg1.0_", "WordDocument"), "application/vnd.ms-outlook"),
        ("alles.zip", packed("Plan.pdf", "Foto.jpg"), "application/zip"),
        ("mengen.csv", "Bauschutt;5 t\n".encode("latin-1"), "text/csv"),
        ("mengen.txt", "Bauschutt, 5 t".encode("utf-16"), "text/plain"),
        ("zufahrt.dxf", b"0\nSECTION\n", "image/vnd.dxf"),
        ("lv.x83", b'<?xml version="1.0"?><GAEB/>', "application/xml"),
    ],
)
def test_documents_and_pictures_are_taken(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("plan.pdf", b"MZ" + bytes(100), Refusal.program),
        ("plan.pdf", b"#!/bin/sh\n", Refusal.program),
        ("plan.exe", PDF, Refusal.program),
        ("plan.pdf.js", b"alert(1)", Refusal.program),
        ("plan.pdf", b"<html><script>alert(1)</script>", Refusal.web_page),
        ("seite.html", b"Hallo", Refusal.web_page),
        ("bild.txt", b"<!-- x --><svg onload=alert(1)>", Refusal.web_page),
        ("seite.txt", "<html>".encode("utf-16"), Refusal.web_page),
        ("seite.xml", b'<a xmlns="http://www.w3.org/1999/xhtml"/>', Refusal.web_page),
        ("brief.docm", DOCX, Refusal.macros),
        ("brief.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), Refusal.macros),
        ("brief.doc", old_office("WordDocument", "_VBA_PROJECT"), Refusal.macros),
        ("brief.docx", old_office("EncryptedPackage"), Refusal.encrypted),
        ("alles.zip", packed("setup.exe"), Refusal.archive),
        ("alles.zip", packed("inneres.zip"), Refusal.archive),
        ("brief.docx", b"PK\x03\x04 broken", Refusal.broken),
        ("daten.txt", b"a\0b", Refusal.kind),
        ("daten.xyz", b"abc", Refusal.kind),
        ("leer.pdf", b"", Refusal.empty),
    ],
)
def test_what_could_harm_is_not_taken(name: str, content: bytes, why: Refusal) -> None:
    assert kind_of(name, content) is why


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (r"C:\Pläne\Müller & Söhne.pdf", "Müller & Söhne.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ('a"b\r\nc.pdf', "a_b c.pdf"),
        ("rechnung\u202efdp.txt", "rechnungfdp.txt"),
        ("Su\u0308d.pdf", "Süd.pdf"),
        ("con.pdf", "_con.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", "Anhang"),
    ],
)
def test_file_names_lead_nowhere_and_keep_their_umlauts(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_file_without_an_ending_gets_one() -> None:
    assert named("Plan", "application/pdf") == "Plan.pdf"
    assert named("Plan.PDF", "application/pdf") == "Plan.pdf"
    assert len(set(KINDS.values())) == len(KINDS)
