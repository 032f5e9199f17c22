"""Blacking out before release: what everybody reads consists of the reporter's words, with parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from basis.fotos import Vlak
from basis.regels import RuleViolation

#: What stands in the place of words that were blacked out. Always the same: its length tells nothing.
WEGGELAKT = "[weggelakt]"
#: The same, as somebody may write it.
MARK = re.compile(r"\[\s*weggelakt\s*\]|█+", re.IGNORECASE)
#: A word, or a character that is none; so that a name goes and the comma behind it may stay.
PIECE = re.compile(r"\w+|[^\w\s]")
MAX_VLAKKEN = 10


def blacked_out(original: str, shown: str) -> str:
    """What everybody may read of `original`, when `shown` is what somebody left of it; `original` when that is all.

    Every word of `shown` must stand in `original`, in the same order: who handles a melding may take words out, and
    put none in the reporter's mouth. Where something was taken out stands WEGGELAKT, whether it was written there or
    not. Raises RuleViolation for other words, and when nothing is left.
    """
    pieces = list(PIECE.finditer(original))
    kept = _kept([piece.group() for piece in pieces], list(_pieces(shown)))
    if not any(re.match(r"\w", pieces[index].group()) for index in kept):
        raise RuleViolation(_("Er blijft niets te lezen over. Kies dan ‘Niet openbaar’."), field="tekst")
    found, end, gap = "", 0, False
    for index, piece in enumerate(pieces):
        if index not in kept:
            if not gap:
                found += original[end : piece.start()] + WEGGELAKT
            gap, end = True, piece.end()
            continue
        found += original[end : piece.end()]
        gap, end = False, piece.end()
    return found + original[end:]


def _pieces(shown: str) -> Iterator[str | None]:
    """The words of `shown`, and None for each mark."""
    end = 0
    for mark in MARK.finditer(shown):
        yield from PIECE.findall(shown[end : mark.start()])
        yield None
        end = mark.end()
    yield from PIECE.findall(shown[end:])


def _kept(original: Sequence[str], shown: Sequence[str | None]) -> set[int]:
    """Which pieces of `original` are left in `shown`; raises RuleViolation at the first that is not there.

    The same word may stand there twice. A mark in `shown` says that at least one piece was taken out at that place.
    Where it is read like that and the words do not fit, it was put between words of which none was taken out.
    """
    found = _matched(original, shown)
    if isinstance(found, str):
        found = _matched(original, [piece for piece in shown if piece is not None])
    if isinstance(found, str):
        raise RuleViolation(
            _("‘%(woord)s’ staat niet op deze plek in de omschrijving. U kunt alleen woorden weghalen.")
            % {"woord": found},
            field="tekst",
        )
    return found


def _matched(original: Sequence[str], shown: Sequence[str | None]) -> set[int] | str:
    """Which pieces of `original` are those of `shown`, or the first of `shown` that is none of them."""
    kept: set[int] = set()
    place = 0
    for piece in shown:
        if piece is None:
            place += 1
            continue
        while place < len(original) and original[place] != piece:
            place += 1
        if place == len(original):
            return piece
        kept.add(place)
        place += 1
    return kept


def check_vlakken(vlakken: Sequence[Vlak], *, had_some: bool) -> None:
    """Raise RuleViolation unless these can be blacked out in a photo: in percents of its width and height.

    None at all takes back what was black (`had_some`); else somebody forgot to draw.
    """
    if not vlakken and not had_some:
        raise RuleViolation(
            _("Er is nog geen vlak. Trek er een op de foto. Mag iedereen de hele foto zien? Kies dan ‘Maak openbaar’."),
            field="vlakken",
        )
    if len(vlakken) > MAX_VLAKKEN:
        raise RuleViolation(
            _("U kunt hoogstens %(max)d vlakken weglakken. Is het meer? Kies dan ‘Niet openbaar’.")
            % {"max": MAX_VLAKKEN},
            field="vlakken",
        )
    for vlak in vlakken:
        fits = vlak.links >= 0 and vlak.boven >= 0 and vlak.links + vlak.breedte <= 100 >= vlak.boven + vlak.hoogte
        if not (fits and vlak.breedte > 0 and vlak.hoogte > 0):
            raise RuleViolation(
                _("Een vlak ligt niet op de foto. Gebruik getallen van 0 tot en met 100, in procenten."),
                field="vlakken",
            )
