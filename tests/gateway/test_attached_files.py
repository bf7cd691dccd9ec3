"""Which files a customer may send along: what they contain counts, not what they are called."""

import io
import zipfile
from hashlib import sha256

import pytest
from chassis.decider import Invalid
from chassis.files import Files
from gateway.page import Upload
from gateway.pages.attached_files import kind_of, plain_name, stored
from open_matters import PDF, PNG


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def upload(name: str, data: bytes) -> Upload:
    return Upload(name=name, media_type="application/pdf", data=data)


DOCX = packed("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("Plan.pdf", PDF, "application/pdf"),
        ("PLAN.PDF", PDF, "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + bytes(60), "image/jpeg"),
        ("brief.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("mengen.csv", "Bauschutt;5 t\n".encode("latin-1"), "text/csv"),
        ("notiz.txt", "Zufahrt über Tor 3".encode(), "text/plain"),
    ],
)
def test_what_customers_send_is_taken(name: str, data: bytes, kind: str) -> None:
    assert kind_of(upload(name, data)) == kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.pdf", b"MZ" + bytes(100)),
        ("plan.pdf", b"<html><script>alert(1)</script>"),
        ("plan.pdf", PNG),
        ("bild.svg", b"<svg onload=alert(1)>"),
        ("seite.html", b"<html>"),
        ("notiz.txt", b"<html><script>alert(1)</script>"),
        ("notiz.txt", b"a\0b"),
        ("lauf.sh", b"#!/bin/sh\n"),
        ("alles.zip", packed("setup.exe")),
        ("brief.docx", packed("setup.exe")),
        ("brief.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("brief.docm", DOCX),
        ("brief.docx", b"PK\x03\x04 broken"),
        ("leer.pdf", b""),
        ("ohne_endung", PDF),
    ],
)
def test_what_could_harm_is_refused_by_name(name: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        kind_of(upload(name, data))
    assert refused.value.params["name"] == name


async def test_nothing_is_kept_of_files_of_which_one_is_refused() -> None:
    files = Files("memory:///")
    with pytest.raises(Invalid):
        await stored(files, [upload("a.pdf", PDF), upload("b.exe", b"MZ")])
    assert not await files.has(sha256(PDF).hexdigest())
    kept = await stored(files, [upload("a.pdf", PDF)])
    assert await files.get(kept[0].sha256) == PDF


@pytest.mark.parametrize("sizes", [(20 * 1024 * 1024 + 1,), (11 * 1024 * 1024, 10 * 1024 * 1024)])
async def test_all_files_together_have_at_most_20_mb(sizes: tuple[int, ...]) -> None:
    uploads = [upload(f"{n}.pdf", PDF + bytes(size - len(PDF))) for n, size in enumerate(sizes)]
    with pytest.raises(Invalid, match="at most"):
        await stored(Files("memory:///"), uploads)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (r"C:\Pläne\Müller & Söhne.pdf", "Müller & Söhne.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ('a"b\r\nc.pdf', "a_b__c.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", "Datei"),
    ],
)
def test_file_names_lead_nowhere_and_keep_their_umlauts(name: str, plain: str) -> None:
    assert plain_name(name) == plain
