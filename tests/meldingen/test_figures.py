"""The figures of an area are those that one gets by looking at each melding, also after a change and a purge."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from gebieden.models import Wijk
from meldingen.models import Melding
from meldingen.rules import CLOSED, OPEN, Status, is_overdue
from tests.factories import CategorieFactory, MeldingFactory, WijkFactory, many_meldingen

pytestmark = pytest.mark.django_db

STATUSES = [status for status in Status if status != Status.DUBBEL]


@pytest.fixture
def wijk() -> Wijk:
    """A wijk with meldingen of every status, category and age, beside another one."""
    chance = random.Random(1573)
    wijk, elsewhere = WijkFactory(), WijkFactory()
    about = [CategorieFactory(), CategorieFactory(), CategorieFactory(openbaar=False)]
    many_meldingen(59, *[MeldingFactory(wijk=place, categorie=one) for place in (wijk, elsewhere) for one in about])
    now = timezone.now()
    for melding in Melding.objects.all():
        melding.status = chance.choice(STATUSES)
        melding.created_at = now - timedelta(days=chance.choice([0, 1, 29, 30, 31, 200, 364, 365, 400]), minutes=1)
        melding.beloofd_op = timezone.localdate() + timedelta(days=chance.randrange(-40, 20))
        if melding.status in CLOSED:
            melding.closed_at = now - timedelta(days=chance.choice([0, 1, 29, 30, 31, 40]), minutes=1)
        if chance.random() < 0.1:
            melding.lat = melding.lon = melding.cel = None
        melding.save()
    # Closed on the very day that was promised: in time.
    MeldingFactory(wijk=wijk, categorie=about[0], status=Status.OPGELOST, beloofd_op=timezone.localdate())
    return wijk


def plain(wijk: Wijk, today: date) -> dict[str, int]:
    """The figures, by looking at each melding."""
    rows = [melding for melding in Melding.objects.filter(wijk=wijk) if melding.categorie.openbaar]
    since = today - timedelta(days=30)
    solved = [
        timezone.localdate(melding.closed_at) <= melding.beloofd_op
        for melding in rows
        if melding.status == Status.OPGELOST and melding.closed_at and timezone.localdate(melding.closed_at) >= since
    ]
    return {
        "open": sum(melding.status in OPEN for melding in rows),
        "overdue": sum(is_overdue(melding, today) for melding in rows),
        "reported": sum(timezone.localdate(melding.created_at) >= since for melding in rows),
        "solved": len(solved),
        "in_time": sum(solved),
        "without_pin": sum(melding.status in OPEN and melding.lat is None for melding in rows),
    }


def test_figures_are_those_of_the_rows(wijk: Wijk) -> None:
    today = timezone.localdate()
    shown = Melding.objects.public().in_wijk(wijk)
    assert shown.figures(today) == plain(wijk, today)
    Melding.objects.filter(status=Status.GEMELD).update(status=Status.OPGELOST, closed_at=timezone.now())
    assert shown.figures(today) == plain(wijk, today)
    for melding in list(shown)[::2]:
        melding.delete()
    assert shown.figures(today) == plain(wijk, today)


def test_months_and_categories_are_those_of_the_rows(wijk: Wijk) -> None:
    shown = Melding.objects.public().in_wijk(wijk)
    months = Counter(timezone.localdate(melding.created_at).replace(day=1) for melding in shown)
    assert shown.by_month(12) == [(month, months[month]) for month, _number in shown.by_month(12)]
    since = timezone.localdate() - timedelta(days=365)
    about = Counter(m.categorie.naam for m in shown if timezone.localdate(m.created_at) >= since)
    assert dict(shown.by_categorie(5)) == about
