"""The files that a customer sends along: judged by what they contain, all of them before the first is kept."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.decider import Invalid
from chassis.file_kinds import ENDINGS, Refusal, kind_of, named
from chassis.file_names import safe_name
from chassis.files import Files
from contracts.values import File

from gateway.page import Upload, _

LARGEST = 20 * 1024 * 1024
MOST = 20
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a browser may show in its own window: none of these can carry a script of the portal's origin."""

_UNKNOWN = _(
    "The file %(name)s cannot be sent. "
    "Possible are PDF, pictures, Office files, text, drawings (DWG, DXF), videos, e-mails and ZIP archives."
)
_WHY = {
    Refusal.empty: _("The file %(name)s is empty."),
    Refusal.broken: _("The file %(name)s is damaged and cannot be opened."),
    Refusal.encrypted: _("The file %(name)s is encrypted. Please send it without a password."),
    Refusal.macros: _("The file %(name)s contains macros. Please send it as PDF or without macros."),
    Refusal.archive: _("The archive %(name)s holds files that cannot be sent. Please send the documents one by one."),
}
_TOO_LARGE = _("All files together may have at most %(size)s MB.")
_TOO_MANY = _("Please send at most %(number)s files at once.")


async def stored(files: Files, uploads: Sequence[Upload]) -> tuple[File, ...]:
    """Invalid names the file that cannot be sent; then none of them is kept."""
    if len(uploads) > MOST:
        raise Invalid(_TOO_MANY, field="files", number=MOST)
    if sum(len(upload.data) for upload in uploads) > LARGEST:
        raise Invalid(_TOO_LARGE, field="files", size=LARGEST // 1024 // 1024)
    kinds = [judged(upload) for upload in uploads]
    return tuple(
        [
            File(
                sha256=await files.put(upload.data),
                name=named(upload.name, kind),
                media_type=kind,
                size=len(upload.data),
            )
            for upload, kind in zip(uploads, kinds, strict=True)
        ]
    )


def judged(upload: Upload) -> str:
    name = safe_name(upload.name)
    found = kind_of(name, upload.data)
    if isinstance(found, Refusal):
        raise Invalid(_WHY.get(found, _UNKNOWN), field="files", name=name)
    return found
