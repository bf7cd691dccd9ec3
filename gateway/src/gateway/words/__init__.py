"""What the portal says: sentences stand in the code in English, the German ones in `de.po`."""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
LANGUAGES = ("de", "en")
HOME = "de"


def catalog(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """Compiled in memory, so that no built file can be older than the words. English is what the code says."""
    if language == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def preferred(accept: str) -> str:
    """The language that a browser asks for (Accept-Language), if the portal speaks it; else German."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if name[:2].lower() in LANGUAGES:
            wanted.append((-quality, place, name[:2].lower()))
    return min(wanted)[2] if wanted else HOME
