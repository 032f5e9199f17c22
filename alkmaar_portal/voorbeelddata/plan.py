"""Where the example meldingen lie, what they are about and when they came in: plain functions over chance and a clock.

The same chance and the same clock give the same plan; a later clock gives the same year, moved along with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

import shapely
from django.utils import timezone
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from alkmaar_portal.voorbeelddata.report import Report, Spot
from alkmaar_portal.voorbeelddata.texts import Place, Subject
from basis.termijnen import local_date, working_days_between
from gebieden.models import Buurt
from gebieden.outlines import Plane
from meldingen.rules import promised_date

ItemT = TypeVar("ItemT")

NUMBER = 300
DAYS = 365
MIN_A_WIJK = 8
#: By slug of the wijk: among shops and nights out more is reported than by those who live there.
BUSY = {"centrum": 1.6}
#: Buurten with fewer inhabitants count as this many: where people only work, things break too.
MIN_INWONERS = 60

#: In a buurt with this many meldingen some have no pin; where there are few, each of them should be on the map.
ENOUGH_FOR_NO_PIN = 5
NO_PIN = 18
#: How many meldingen in a buurt share a street that we know there, roughly.
SHARE_A_STREET = 3
ADDITION_SHARE = 0.45

#: Metres that pins stay away from the border of a buurt, and at most from the middle of a dorp.
MARGIN, CORE_RADIUS = 25, 320
#: Metres between two pins for the same thing.
NEARBY = 40

#: How much is reported in each hour of the day.
HOURS = (0, 0, 0, 0, 0, 0, 1, 4, 8, 9, 9, 8, 8, 8, 7, 7, 8, 9, 9, 9, 8, 6, 3, 1)
#: The portal gets known in the course of the year, and of late there was more than usual.
RECENT_DAYS, RECENT = 16, 2.2

PLANE = Plane.at(52.6)


def spot_of(buurt: Buurt, place: Place) -> Spot:
    """`buurt`, which comes with its border and wijk, as the plan needs it."""
    land: BaseGeometry = PLANE.project(shape(buurt.grens)).buffer(-MARGIN)
    if place.core:
        lat, lon = place.core
        land = land.intersection(PLANE.project(shapely.Point(lon, lat)).buffer(CORE_RADIUS))
    return Spot(
        buurt_id=buurt.pk,
        wijk_id=buurt.wijk_id,
        inwoners=max(buurt.inwoners, MIN_INWONERS),
        busy=BUSY.get(buurt.wijk.slug, 1),
        place=place,
        land=land,
    )


def drafts(
    spots: Sequence[Spot],
    subjects: Sequence[Subject],
    words: Sequence[str],
    terms: Mapping[str, int],
    now: datetime,
    rng: Random,
) -> list[Report]:
    """Three hundred meldingen of the past year as they came in, the oldest first.

    `words` name a spot for who has no pin; `terms` are the working days of each categorie by its slug.
    """
    calendar = Calendar(now)
    cases = {subject.slug: in_turn(subject.cases, rng) for subject in subjects}
    divided = list(numbers(spots))
    parts = _parts(divided, rng)
    reports = []
    for spot, number in divided:
        fitting = [subject for subject in subjects if spot.place.ground in subject.grounds]
        streets = in_turn(_streets(spot.place, number), rng)
        for subject in rng.choices(fitting, [subject.weight for subject in fitting], k=number):
            case = next(cases[subject.slug])
            created_at = calendar.moment(subject, next(parts[spot.wijk_id]), rng)
            addition = rng.choice(subject.additions) if rng.random() < ADDITION_SHARE else ""
            report = Report(
                spot=spot,
                subject=subject,
                case=case,
                created_at=created_at,
                promised=promised_date(local_date(created_at), terms[subject.slug]),
                omschrijving=f"{rng.choice(case.wordings)} {addition}".rstrip(),
                point=point_in(spot.land, rng),
                straat=next(streets),
            )
            reports.append(report)
    reports.sort(key=lambda report: report.created_at)
    _drop_pins(reports, words, rng)
    return reports


def repeat(second: Report, first: Report, within_days: int, rng: Random) -> None:
    """Make `second` a report of the same thing as `first`, of the same buurt, by somebody who came along later."""
    day = first.reported_on + timedelta(days=rng.randint(0, within_days))
    at = local_moment(day, rng.choices(range(24), HOURS)[0], rng.randrange(60))
    second.created_at = max(at, first.created_at + timedelta(minutes=rng.randrange(70, 240)))
    second.promised = promised_date(second.reported_on, working_days_between(first.reported_on, first.promised))
    second.subject, second.case, second.straat, second.eerste = first.subject, first.case, first.straat, first
    second.omschrijving = next(text for text in first.case.wordings if text not in first.omschrijving)
    if first.point:
        around = PLANE.project(shapely.Point(first.point)).buffer(NEARBY)
        second.point = point_in(around.intersection(first.spot.land), rng)


def numbers(spots: Sequence[Spot]) -> Iterator[tuple[Spot, int]]:
    """Each buurt with how many meldingen it gets: by inhabitants, at least one, and MIN_A_WIJK in every wijk."""
    wijken: dict[int, list[Spot]] = {}
    for spot in spots:
        wijken.setdefault(spot.wijk_id, []).append(spot)
    weights = [sum(spot.inwoners * spot.busy for spot in wijk) for wijk in wijken.values()]
    for wijk, number in zip(wijken.values(), share(weights, NUMBER, MIN_A_WIJK), strict=True):
        yield from zip(wijk, share([spot.inwoners for spot in wijk], number, 1), strict=True)


def _parts(divided: Sequence[tuple[Spot, int]], rng: Random) -> dict[int, Iterator[float]]:
    """For each wijk the parts of the year in which its meldingen came in: each part once, in random order.

    So that every wijk, however small, has something in most months and something of late.
    """
    totals: Counter[int] = Counter()
    for spot, number in divided:
        totals[spot.wijk_id] += number
    return {
        wijk_id: iter([(part + rng.random()) / total for part in rng.sample(range(total), total)])
        for wijk_id, total in totals.items()
    }


def share(weights: Sequence[float], total: int, minimum: int) -> list[int]:
    """`total` in whole numbers, each at least `minimum` and further by `weights` (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [max(minimum, int(part)) for part in exact]
    while (left := total - sum(shares)) != 0:
        step = 1 if left > 0 else -1
        movable = [index for index, number in enumerate(shares) if step > 0 or number > minimum]
        shares[max(movable, key=lambda index: step * (exact[index] - shares[index]))] += step
    return shares


def in_turn(items: Sequence[ItemT], rng: Random) -> Iterator[ItemT]:
    """`items` without end, in an order that chance makes anew each time round."""
    while True:
        yield from rng.sample(items, len(items))


def point_in(land: BaseGeometry, rng: Random) -> tuple[float, float]:
    """A random point in `land` (metres), as longitude and latitude with six decimals."""
    west, south, east, north = land.bounds
    shapely.prepare(land)
    while True:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(land, x, y):
            point = PLANE.unproject(shapely.Point(x, y))
            return round(point.x, 6), round(point.y, 6)


class Calendar:
    """The days of the past year up to `now`, as likely as things are reported on them."""

    def __init__(self, now: datetime) -> None:
        self.now = timezone.localtime(now)
        self.days = [self.now.date() - timedelta(days=age) for age in range(DAYS - 1)]
        self._weights: dict[str, list[float]] = {}

    def moment(self, subject: Subject, part: float, rng: Random) -> datetime:
        """When somebody reported this; `part` is how much of what is reported in a year came in since, 0 to 1."""
        if subject.slug not in self._weights:
            self._weights[subject.slug] = list(
                accumulate(subject.months[day.month - 1] * self._busy(age) for age, day in enumerate(self.days))
            )
        weights = self._weights[subject.slug]
        day = self.days[bisect_right(weights, part * weights[-1])]
        at = local_moment(day, rng.choices(range(24), HOURS)[0], rng.randrange(60), rng.randrange(60))
        return at if at < self.now else at - timedelta(days=1)

    @staticmethod
    def _busy(age: int) -> float:
        return (1.5 - 0.9 * age / DAYS) * (RECENT if age < RECENT_DAYS else 1)


def local_moment(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    """This time on `day` in Alkmaar."""
    return datetime.combine(day, time(hour, minute, second), tzinfo=timezone.get_current_timezone())


def _streets(place: Place, number: int) -> list[str]:
    """The streets of a buurt with `number` meldingen, filled up with none: one street must not stand for all."""
    return [*place.streets, *[""] * max(0 if place.streets else 1, number // SHARE_A_STREET - len(place.streets))]


def _drop_pins(reports: Sequence[Report], words: Sequence[str], rng: Random) -> None:
    """Take away some pins in town: who has none says in words where it is."""
    in_buurt: dict[int, list[Report]] = {}
    for report in reports:
        if report.spot.place.ground == "stad":
            in_buurt.setdefault(report.spot.buurt_id, []).append(report)
    full = [group for group in in_buurt.values() if len(group) >= ENOUGH_FOR_NO_PIN]
    plekken = in_turn(words, rng)
    for group in rng.sample(full, min(NO_PIN, len(full))):
        report = rng.choice(group)
        report.point, report.straat, report.plek = None, "", next(plekken)
