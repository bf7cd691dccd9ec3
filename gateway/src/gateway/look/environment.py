"""The template environment of one language, with every macro of the look at hand as `ui`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from gateway.look.files import TEMPLATES, VERSION, asset
from gateway.look.formats import formats

PARTS = ("basics", "status", "forms", "choices", "lists", "details", "conversation", "dialogs", "pictures")


class Words(Protocol):
    """What gettext calls translations."""

    def gettext(self, message: str) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


def with_query(path: str, query: Mapping[str, object], **changes: object) -> str:
    """The path with the query, some values replaced; None and "" leave a value out."""
    merged = {**query, **changes}
    pairs = [(name, value) for name, value in merged.items() if value is not None and value != ""]
    return f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path


def machine_readable(value: date | datetime | str) -> str:
    """For the `datetime` attribute of `<time>`."""
    return value if isinstance(value, str) else value.isoformat()


def as_json(value: BaseModel) -> dict[str, Any]:
    """For `tojson`, where a page hands its own models to a chart or a map."""
    return value.model_dump(mode="json")


def initials(name: str) -> str:
    """At most two letters for the round mark beside a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in ([words[0], words[-1]] if len(words) > 1 else words)) or "?"


def environment(language: str, words: Words, folders: Sequence[Path] = (), auto_reload: bool = False) -> Environment:
    """One environment per language: macros are then right in it without being told who reads them."""
    made = Environment(
        loader=FileSystemLoader([TEMPLATES, *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=auto_reload,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    # The i18n extension gives the environment this method at run time, so no type checker knows it.
    cast(Any, made).install_gettext_callables(words.gettext, words.ngettext, newstyle=True)
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": as_json}
    made.filters.update(formats(language))
    made.filters.update(machine=machine_readable, initials=initials)
    ui = SimpleNamespace()
    made.globals.update(asset=asset, with_query=with_query, look_version=VERSION, ui=ui)
    for part in PARTS:
        for name, macro in vars(made.get_template(f"ui/{part}.html").module).items():
            if not name.startswith("_"):
                setattr(ui, name, macro)
    return made
