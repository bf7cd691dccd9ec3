"""Every sentence that a customer reads is there in German, and nothing is kept that nobody says."""

from __future__ import annotations

from gateway.words import preferred, translations

from gateway import words_check


def test_every_sentence_has_its_german_and_every_translation_its_sentence() -> None:
    assert words_check.problems() == []


def test_a_sentence_without_german_is_found() -> None:
    wanted = words_check.needed()
    assert "Forgotten your password?" in wanted  # in a template
    assert "Your profile is saved." in wanted  # marked in a page
    assert "The old password is not right." in wanted  # a refusal of another room
    assert "This page does not exist or is not meant for you." in wanted  # the default of NotFound


def test_german_is_spoken_unless_the_browser_prefers_english() -> None:
    assert preferred("") == "de"
    assert preferred("fr,pl;q=0.8") == "de"
    assert preferred("en-GB,en;q=0.9,de;q=0.5") == "en"
    assert preferred("de-DE,de;q=0.9,en;q=0.8") == "de"


def test_numbers_are_put_into_the_sentence() -> None:
    german = translations("de")
    assert german.ngettext("%(num)s entry", "%(num)s entries", 1) % {"num": 1} == "1 Eintrag"
    assert german.ngettext("%(num)s entry", "%(num)s entries", 3) % {"num": 3} == "3 Einträge"
