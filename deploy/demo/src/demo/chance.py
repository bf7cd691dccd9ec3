"""Chance that falls the same way every time: for the same question the same answer."""

from __future__ import annotations

from random import Random


def chance(*question: object) -> Random:
    """A generator of its own for each question, so that one answer more moves none of the others."""
    return Random("/".join(map(str, ("brinkhage", *question))))
