"""What was entered: read from a form or from JSON, and if it cannot be right, said in a sentence beside its field."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from pydantic import BaseModel, ValidationError

from gateway.look.environment import Words
from gateway.page import Upload, _

Entered = dict[str, Any]

_LISTS = (list, tuple, set, frozenset)
_SENTENCES = {
    "missing": _("Please fill this in."),
    "string_too_short": _("Please fill this in."),
    "too_short": _("Please choose at least one."),
    "string_too_long": _("Please use at most %(max_length)s characters."),
    "date_from_datetime_parsing": _("Please enter a valid date."),
    "date_parsing": _("Please enter a valid date."),
    "date_type": _("Please enter a valid date."),
    "enum": _("Please choose one of the options."),
    "literal_error": _("Please choose one of the options."),
    "uuid_parsing": _("Please choose one of the options."),
    "bool_parsing": _("Please choose one of the options."),
    "int_parsing": _("Please enter a whole number."),
    "decimal_parsing": _("Please enter a number."),
    "float_parsing": _("Please enter a number."),
    "greater_than_equal": _("Please enter at least %(ge)s."),
    "greater_than": _("Please enter more than %(gt)s."),
    "less_than_equal": _("Please enter at most %(le)s."),
    "string_pattern_mismatch": _("Please check this entry."),
}
_EMAIL = _("Please enter a valid e-mail address.")
_OTHER = _("Please check this entry.")


@dataclass
class Body:
    """What came: text and files by field, each in the order sent."""

    entered: Entered = field(default_factory=dict)
    csrf: str = ""
    key: str = ""

    def one(self, name: str) -> str:
        value = self.entered.get(name, "")
        return value if isinstance(value, str) else ""


async def read(request: Request[Any, Any, Any], form: type[BaseModel] | None) -> Body:
    """ClientException for a body that is neither a form nor JSON."""
    header = request.headers.get("x-csrf-token", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        said = await request.json()
        if not isinstance(said, dict) or b"\\u0000" in await request.body():
            raise ClientException("a JSON object without NUL is expected")
        return Body(said, header, str(said.get("key", "")))
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
        raise ClientException(f"{kind} is not understood")
    data = await request.form()
    body = Body(csrf=header or _last(data.getall("csrf", [])), key=_last(data.getall("key", [])))
    fields = form.model_fields if form else {}
    for name in dict.fromkeys(data.keys()):
        values = [await _value(value) for value in data.getall(name)]
        kept = [value for value in values if value not in (None, "")]
        if name in ("csrf", "key") or not kept:
            continue
        many = name in fields and _many(fields[name].annotation)
        body.entered[name] = kept if many else kept[-1]
    return body


def without_nul(text: str) -> str:
    """PostgreSQL has no place for it, and nobody types it."""
    return text.replace("\0", "")


async def _value(value: Any) -> Any:
    if not isinstance(value, UploadFile):
        return without_nul(value).strip() if isinstance(value, str) else value
    if not value.filename:
        return None
    kind = value.content_type or "application/octet-stream"
    return Upload(name=value.filename, media_type=kind, data=await value.read())


def takes_files(form: type[BaseModel]) -> bool:
    return any("Upload" in str(field.annotation) for field in form.model_fields.values())


def _last(values: list[Any]) -> str:
    return str(values[-1]) if values else ""


def _many(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return any(_many(part) for part in typing.get_args(annotation))
    return origin in _LISTS or annotation in _LISTS


def fill(form: type[BaseModel], entered: Mapping[str, Any]) -> BaseModel:
    """ValidationError as pydantic says it; see `sentences`."""
    return form.model_validate({name: value for name, value in entered.items() if name in form.model_fields})


def sentences(error: ValidationError, words: Words) -> dict[str, str]:
    """Field → sentence, one each, in the reader's language."""
    said: dict[str, str] = {}
    for one in error.errors(include_url=False):
        name = str(one["loc"][0]) if one["loc"] else ""
        context = one.get("ctx", {})
        if one["type"] == "value_error":
            sentence = str(context.get("error", "")) or _OTHER
        elif one["type"] == "string_pattern_mismatch" and "@" in str(context.get("pattern", "")):
            sentence = _EMAIL
        else:
            sentence = _SENTENCES.get(one["type"], _OTHER)
        translated = words.gettext(sentence)
        said.setdefault(name, translated % context if "%(" in translated else translated)
    return said


def shown(entered: Entered) -> Entered:
    """The input as the form shows it again; files and passwords have to be given anew."""
    kept = {}
    for name, value in entered.items():
        if "password" in name or name == "old" or isinstance(value, Upload):
            continue
        kept[name] = [one for one in value if not isinstance(one, Upload)] if isinstance(value, list) else value
    return kept
