"""Public numbers: opaque digits, the same in mail and on the site, that say nothing about how many there are."""

from __future__ import annotations

from django.urls.converters import StringConverter

#: A number is eight digits, read out in two groups of four.
NUMMER_LENGTH, NUMMER_GROUP = 8, 4


class NummerConverter(StringConverter):
    """A number in an address: whatever is none is not found, before the database is asked."""

    regex = f"[0-9]{{{NUMMER_LENGTH}}}"


def readable(nummer: str) -> str:
    """`nummer` in two groups, as it is read out on the phone."""
    return f"{nummer[:NUMMER_GROUP]} {nummer[NUMMER_GROUP:]}"


def as_nummer(text: str) -> str:
    """The number that somebody typed, with or without spaces; empty when it is none."""
    digits = text.replace(" ", "")
    return digits if digits.isdecimal() and len(digits) == NUMMER_LENGTH else ""
