"""The files that a customer sends along are kept, or refused with a sentence that names the file and the reason."""

import io
import zipfile
from hashlib import sha256

import pytest
from chassis.decider import Invalid
from chassis.files import Files
from gateway.page import Upload
from gateway.pages.attached_files import judged, stored
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


async def test_what_customers_send_is_kept_under_its_own_kind_and_a_safe_name() -> None:
    sent = [upload(r"C:\\Pläne\\Hof Süd.pdf", PDF), upload("Foto", PNG), upload("brief.docx", DOCX)]
    kept = await stored(Files("memory:///"), sent)
    assert [(file.name, file.media_type) for file in kept] == [
        ("Hof Süd.pdf", "application/pdf"),
        ("Foto.png", "image/png"),
        ("brief.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("plan.pdf", b"MZ" + bytes(100), "cannot be sent"),
        ("plan.pdf", b"<html><script>alert(1)</script>", "cannot be sent"),
        ("bild.svg", b"<svg onload=alert(1)>", "cannot be sent"),
        ("alles.zip", packed("setup.exe"), "archive"),
        ("brief.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
        ("brief.docx", b"PK\x03\x04 broken", "damaged"),
        ("leer.pdf", b"", "empty"),
    ],
)
def test_what_could_harm_is_refused_by_name_and_reason(name: str, data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        judged(upload(name, data))
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
