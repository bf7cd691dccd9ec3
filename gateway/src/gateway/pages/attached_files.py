"""Which files a customer may send along, decided by what they contain and not by what they are called."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePosixPath

import filetype
from chassis.decider import Invalid
from chassis.files import Files
from contracts.values import File

from gateway.page import Upload, _

LARGEST = 20 * 1024 * 1024
MOST = 20
LONGEST_NAME = 120
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# ending → the media type that the content must have
KINDS = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "dwg": "image/vnd.dwg",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "txt": "text/plain",
    "csv": "text/csv",
    "dxf": "image/vnd.dxf",
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a browser may show in its own window: none of these can carry a script of the portal's origin."""

_OLD_STREAMS = {"WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel"}
_FOLDERS = {"word": KINDS["docx"], "xl": KINDS["xlsx"], "ppt": KINDS["pptx"]}
_PAGE = re.compile(rb"<\s*(?:!doctype|html|svg|script|iframe|body)[\s>/]", re.IGNORECASE)

_UNKNOWN = _(
    "The file %(name)s cannot be sent. "
    "Possible are PDF, pictures, Word, Excel, PowerPoint, text and drawings (DWG, DXF)."
)
_EMPTY = _("The file %(name)s is empty.")
_TOO_LARGE = _("All files together may have at most %(size)s MB.")
_TOO_MANY = _("Please send at most %(number)s files at once.")


async def stored(files: Files, uploads: Sequence[Upload]) -> tuple[File, ...]:
    """Checks all of them before the first is kept; Invalid names the one that cannot be sent."""
    if len(uploads) > MOST:
        raise Invalid(_TOO_MANY, field="files", number=MOST)
    if sum(len(upload.data) for upload in uploads) > LARGEST:
        raise Invalid(_TOO_LARGE, field="files", size=LARGEST // 1024 // 1024)
    kinds = [kind_of(upload) for upload in uploads]
    return tuple(
        [
            File(
                sha256=await files.put(upload.data),
                name=plain_name(upload.name),
                media_type=kind,
                size=len(upload.data),
            )
            for upload, kind in zip(uploads, kinds, strict=True)
        ]
    )


def kind_of(upload: Upload) -> str:
    name = plain_name(upload.name)
    if not upload.data:
        raise Invalid(_EMPTY, field="files", name=name)
    wanted = KINDS.get(PurePosixPath(name).suffix.lower().removeprefix("."))
    if wanted is None or found(upload.data, wanted) != wanted:
        raise Invalid(_UNKNOWN, field="files", name=name)
    return wanted


def found(data: bytes, wanted: str) -> str | None:
    """The kind by its content; kinds that only text tells apart are taken as the name says."""
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data.startswith(_OLE):
        macros = "_VBA_PROJECT".encode("utf-16-le") in data
        return next(
            (kind for stream, kind in _OLD_STREAMS.items() if not macros and stream.encode("utf-16-le") in data), None
        )
    guessed = filetype.guess_mime(data[:8192])
    if guessed is not None:
        return {"image/heif": "image/heic"}.get(guessed, str(guessed))
    readable = b"\0" not in data and not _PAGE.search(data) and not data.startswith(b"#!")
    return wanted if readable and wanted in ("text/plain", "text/csv", "image/vnd.dxf") else None


def _packed(data: bytes) -> str | None:
    """Office files are archives: what they are stands inside. None for other archives and for macros."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((_FOLDERS[part] for name in names if (part := name.partition("/")[0]) in _FOLDERS), None)


def plain_name(name: str) -> str:
    """The last part of the path, without letters that no file name may have, the ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(letter if letter.isprintable() and letter not in '<>:"|?*' else "_" for letter in last).strip(" .")
    path = PurePosixPath(clean or "Datei")
    return f"{path.stem[: LONGEST_NAME - len(path.suffix)]}{path.suffix[:LONGEST_NAME]}"
