"""A password is long enough and not one that others would guess first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files

from chassis.decider import Invalid

SHORTEST, LONGEST = 10, 128
COMMON = frozenset(files("identity").joinpath("common-passwords.txt").read_text(encoding="utf-8").split())


def accept(password: str, own: Iterable[str]) -> None:
    """`own`: what everybody knows of the user: e-mail address, names, firms. Invalid with the reason."""
    if len(password) < SHORTEST:
        raise Invalid("The password needs at least %(count)s characters.", field="password", count=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("The password may have at most %(count)s characters.", field="password", count=LONGEST)
    said = password.casefold()
    letters = only_letters(said)
    # „Sommer2024!“ is „sommer“ to whoever guesses; a few letters in a long password say nothing.
    core = letters if len(letters) * 2 >= len(said) else said
    if said in COMMON or core in COMMON or len(set(said)) < 5:
        raise Invalid("This password is used by too many people. Please choose another one.", field="password")
    if {said, core} & set(guesses(own)):
        raise Invalid("Your name, your firm or your e-mail address is no password.", field="password")


def guesses(own: Iterable[str]) -> Iterable[str]:
    whole = [word.casefold().strip() for word in own]
    for word in whole:
        parts = [word, word.split("@")[0], *re.split(r"[\W_]+", word)]
        yield from (part for one in parts for part in (one, only_letters(one)) if len(part) > 2)
    # First and last name written together, in either order.
    names = [only_letters(word) for word in whole if "@" not in word]
    yield from (a + b for a in names for b in names)


def only_letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())
