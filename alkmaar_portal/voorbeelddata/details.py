"""Who sent the example meldingen, and what behandelaars decided about their texts and photos."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from alkmaar_portal.voorbeelddata.report import Report
from gebruikers.voorbeeld import ExampleAccount
from meldingen.models import Besluit
from meldingen.rules import CLOSED, Status

CONTACT_SHARE, NAAM_SHARE, TELEFOON_SHARE = 0.34, 0.6, 0.25
#: Meldingen with a photo, and how many of the newest are sure to be among them.
WITH_FOTO, NEW_WITH_FOTO = 25, 11
#: One in so many has two photos; of one in so many they are not shown (a face, a number plate).
WITH_TWO, KEPT_BACK = 6, 12
#: Meldingen of the resident who can sign in.
OF_BEWONER = 4


def decide(reports: Sequence[Report], hidden: frozenset[str], rng: Random) -> None:
    """Release most texts; what came in just now still waits, and those of the slugs in `hidden` never go public."""
    for report in reports:
        if report.status == Status.GEMELD:
            continue
        if report.subject.slug in hidden:
            report.besluit = Besluit.BESLOTEN
            continue
        # What is open was often only begun with; what is closed was nearly always read.
        released, kept_back = (0.9, 0.97) if report.status in CLOSED else (0.65, 0.7)
        chance = rng.random()
        if chance < kept_back:
            report.besluit = Besluit.OPENBAAR if chance < released else Besluit.BESLOTEN


def add_fotos(reports: Sequence[Report], rng: Random) -> None:
    """Give some of `reports` (the oldest first) photos, mostly released where the text is."""
    drawable = [report for report in reports if report.case.drawing and not report.eerste]
    newest, older = drawable[-2 * NEW_WITH_FOTO :], drawable[: -2 * NEW_WITH_FOTO]
    chosen = rng.sample(newest, NEW_WITH_FOTO) + rng.sample(older, WITH_FOTO - NEW_WITH_FOTO)
    for number, report in enumerate(chosen):
        besluit = Besluit.BESLOTEN if number % KEPT_BACK == 0 and report.besluit else report.besluit
        report.fotos = [besluit] * (2 if number % WITH_TWO == 1 else 1)


def add_contact(reports: Sequence[Report], bewoner: ExampleAccount, rng: Random) -> None:
    """Let a third leave an address, all of them invented; some belong to `bewoner`."""
    for number, report in enumerate(reports, start=1):
        asked = any(step.naar == Status.WACHT_OP_MELDER or not step.by_staff for step in report.steps)
        if not asked and rng.random() >= CONTACT_SHARE:
            continue
        report.email = f"melder{number}@voorbeeld.example"
        if rng.random() < NAAM_SHARE:
            report.naam = "Voorbeeldmelder"
        if rng.random() < TELEFOON_SHARE:
            report.telefoon = f"06 00000{number:03}"
    for report in _of_bewoner(reports):
        report.is_bewoner = True
        report.naam, report.email, report.telefoon = bewoner.naam, bewoner.email, ""


def _of_bewoner(reports: Sequence[Report]) -> list[Report]:
    """Meldingen from around one house: of the buurt with the most of them, the newest, of different categories."""
    around: dict[int, dict[str, Report]] = {}
    for report in reports:
        if report.point and not report.eerste:
            around.setdefault(report.spot.buurt_id, {})[report.subject.slug] = report
    most = max(around.values(), key=len)
    return sorted(most.values(), key=lambda report: report.created_at)[-OF_BEWONER:]
