"""Decides by its content what kind of file somebody sends, by mail or in the portal, and which kinds are taken over."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO

import filetype

from chassis.file_names import ending_of, safe_name

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_OPEN = "application/vnd.oasis.opendocument."

# media type → the ending given to a file that has none
KINDS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/heic": "heic",
    "image/avif": "avif",
    "image/vnd.dwg": "dwg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/rtf": "rtf",
    "application/zip": "zip",
    _WORD: "docx",
    _EXCEL: "xlsx",
    _POWERPOINT: "pptx",
    f"{_OPEN}text": "odt",
    f"{_OPEN}spreadsheet": "ods",
    f"{_OPEN}presentation": "odp",
    f"{_OPEN}graphics": "odg",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.ms-outlook": "msg",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/csv": "csv",
    "application/xml": "xml",
    "image/vnd.dxf": "dxf",
    "text/plain": "txt",
}
_SAME_KIND = {"video/x-m4v": "video/mp4", "image/heif": "image/heic", "text/rtf": "application/rtf"}
_TEXT_ENDINGS = {ending: kind for kind, ending in KINDS.items() if kind.startswith("text/")} | {
    "eml": "message/rfc822",
    "xml": "application/xml",
    "dxf": "image/vnd.dxf",
    **dict.fromkeys(("tsv", "log", "md", "d83", "d84", "asc"), "text/plain"),
    **dict.fromkeys(("x81", "x82", "x83", "x84", "x85", "x86"), "application/xml"),  # GAEB: bills of quantities
}
ENDINGS = (*dict.fromkeys((*KINDS.values(), "jpeg", "tiff", "heif", "m4v", *_TEXT_ENDINGS)),)
"""What a form offers to choose; a program decides by the content all the same."""
_PROGRAMS = re.compile(
    "ade|adp|apk|app|appref-ms|application|appx|appxbundle|bas|bat|bin|cab|cer|chm|class|cmd|com|cpl|crx|deb|desktop"
    "|diagcab|dll|dmg|elf|exe|fon|gadget|hta|img|inf|ins|iqy|iso|isp|jar|jnlp|js|jse|lib|lnk|mde|msc|msh|msi|msix|msp"
    "|mst|ocx|one|pif|pl|ps1|psd1|psm1|py|pyc|pyw|rb|reg|rpm|scf|scr|sct|settingcontent-ms|sh|shb|shs|so|sys|url|vb|vbe"
    "|vbs|vhd|vhdx|vxd|wasm|website|wsc|wsf|wsh|xbap|xll|xnk"
)
_PAGES = {"html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "xsl", "xslt", "swf"}
_MACROS = {"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam", "sldm"}
_ENCRYPTED = {"p7m", "p7c", "pgp", "gpg"}
_PAGE = re.compile(
    rb"<\s*(?:[a-z0-9]{1,12}:)?(?:!doctype\s+(?:html|svg)|html|svg|script|xsl|stylesheet|iframe|body)[\s>/]"
    rb"|http://www\.w3\.org/(?:1999/xhtml|2000/svg|1999/XSL)|<\?xml-stylesheet",
    re.IGNORECASE,
)
# Windows, Linux, scripts, Java and macOS, macOS (64 and 32 bit), Windows shortcuts
_PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\0\0\0\x01\x14",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_MEMBERS = 2_000
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, RuntimeError, EOFError)


class Refusal(StrEnum):
    """Why a file is not taken over."""

    program = "Programs and scripts are not accepted."
    web_page = "Web pages and vector graphics with scripts are not accepted."
    macros = "Documents with macros are not accepted."
    encrypted = "Encrypted files cannot be checked and are not accepted."
    kind = "This kind of file is not accepted."
    archive = "The archive holds files that are not accepted."
    too_large = "The file is too large."
    too_many = "There are too many files."
    empty = "The file is empty."
    broken = "The file cannot be read."


def kind_of(name: str, content: bytes) -> str | Refusal:
    """The media type of an accepted file, or why it is refused."""
    if not content:
        return Refusal.empty
    refused = refused_by_name(name)
    if refused:
        return refused
    if content.startswith(_PROGRAM_STARTS):
        return Refusal.program
    if content.startswith(_OLE):
        return _kind_of_old_office(content)
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if b"%PDF-" in content[:1024]:
        return "application/pdf"
    found = filetype.guess_mime(content[:8192])
    if found is None:
        return _kind_of_text(ending_of(name), content)
    kind = _SAME_KIND.get(found, found)
    if found in {"application/x-msdownload", "application/x-executable", "application/wasm"}:
        return Refusal.program
    return kind if kind in KINDS else Refusal.kind


def named(name: str, kind: str) -> str:
    """The name as it is kept: safe everywhere, and with an ending."""
    safe = safe_name(name)
    return safe if ending_of(safe) else safe_name(f"{safe}.{KINDS[kind]}")


def refused_by_name(name: str) -> Refusal | None:
    """Why a file is refused for its ending alone."""
    ending = ending_of(name)
    if _PROGRAMS.fullmatch(ending):
        return Refusal.program
    if ending in _PAGES:
        return Refusal.web_page
    if ending in _MACROS:
        return Refusal.macros
    return Refusal.encrypted if ending in _ENCRYPTED else None


def _kind_of_text(ending: str, content: bytes) -> str | Refusal:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16", "replace").encode("utf-8", "replace") if utf16 else content
    if b"\0" in text or len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", text[:65_536])) > 2:
        return Refusal.kind
    if ending == "eml":
        return "message/rfc822"
    # A browser that guesses looks at the beginning, but a page may begin after a long comment.
    if _PAGE.search(text):
        return Refusal.web_page
    return _TEXT_ENDINGS.get(ending) or (Refusal.kind if ending else "text/plain")


def _kind_of_old_office(content: bytes) -> str | Refusal:
    """Word, Excel, PowerPoint and Outlook before 2007, told apart by the names of their inner streams."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("_VBA_PROJECT"):
        return Refusal.macros
    if holds("EncryptedPackage"):
        return Refusal.encrypted
    streams = {
        "__substg1.0_": "application/vnd.ms-outlook",
        "WordDocument": "application/msword",
        "PowerPoint Document": "application/vnd.ms-powerpoint",
        "Workbook": "application/vnd.ms-excel",
        "Book": "application/vnd.ms-excel",
    }
    return next((kind for stream, kind in streams.items() if holds(stream)), Refusal.kind)


def _kind_of_zip(content: bytes) -> str | Refusal:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                return Refusal.archive
            if any(member.flag_bits & 1 for member in members):
                return Refusal.encrypted
            names = [member.filename for member in members]
            open_kind = archive.read("mimetype") if _is_small(members, "mimetype") else b""
            types = archive.read("[Content_Types].xml") if _is_small(members, "[Content_Types].xml") else b""
    except _BROKEN_ZIP:
        return Refusal.broken
    if open_kind.startswith(_OPEN.encode()):
        kind = open_kind.decode("ascii", "replace").strip()
        macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
        return Refusal.macros if macros else kind if kind in KINDS else Refusal.kind
    if "[Content_Types].xml" in names:
        if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
            return Refusal.macros
        folders = {"word": _WORD, "xl": _EXCEL, "ppt": _POWERPOINT}
        return next((folders[part] for name in names if (part := name.partition("/")[0]) in folders), Refusal.kind)
    return Refusal.archive if any(map(_is_dangerous_member, names)) else "application/zip"


def _is_small(members: list[zipfile.ZipInfo], name: str) -> bool:
    return any(member.filename == name and member.file_size <= 100_000 for member in members)


def _is_dangerous_member(name: str) -> bool:
    plain = name.rstrip(" ./")
    return refused_by_name(plain) is not None or ending_of(plain) in {"zip", "7z", "rar", "gz", "tar", "xz", "bz2"}
