"""What happened to the example meldingen: steps on office hours, as the rules of meldingen allow them.

Each life is told to its end; what lies after `now` is then cut off, so that the recent ones stand half-way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils.formats import date_format
from django.utils.timezone import localtime

from alkmaar_portal.voorbeelddata import plan
from alkmaar_portal.voorbeelddata.report import Report, Step
from alkmaar_portal.voorbeelddata.texts import Case, Organisation, Shared
from basis.termijnen import add_working_days, is_working_day, local_date, working_days_between
from meldingen.rules import Status, moved_promise, waited_days

#: How many open ones wait for an answer, or lie with another organisation.
WAITING, ELSEWHERE = 3, 3
#: How many are late: with each account, with another organisation, or because they were reopened.
LATE_A_DESK, LATE_ELSEWHERE, REOPENED = 2, 1, 1
#: How many were reopened in the past and are solved by now, and how many are doubles.
SOLVED_AGAIN, DUBBEL = 2, 10
#: Of the others that should be done by now: the parts that were not solved, asked for more, or done elsewhere; and
#: one in how many of the rest was done too late.
UNSOLVED_SHARE, ASKED_SHARE, ELSEWHERE_SHARE = 0.07, 0.03, 0.03
LATE_ONE_IN = 8

#: Of what is promised for later: the part that is done before the last day.
EARLY_SHARE = 0.25

#: What is late now was promised within so many days; what was done too late, so many working days at most.
LATE_DAYS, MOST_LATE = 21, 6
#: Steps between the first and the last need a term of so many working days.
ROOM = 4
#: Doubles: within how many days they came in, of something so many days old, in a buurt with so many meldingen.
DUBBEL_DAYS, DUBBEL_AGE, DUBBEL_BUURT = 2, 12, 4

OFFICE_HOURS = (8, 15)
#: Until this hour something reported on a working day may be looked at the same day.
SAME_DAY_HOUR = 12


class Lives:
    """Tells the life of every report, with one clock and one source of chance."""

    def __init__(
        self,
        shared: Shared,
        organisations: Mapping[str, Organisation],
        desks: Mapping[str, str],
        now: datetime,
        rng: Random,
    ) -> None:
        """`desks` has the account that handles it for the slug of each categorie, `organisations` those by slug."""
        self.shared, self.organisations, self.desks, self.now, self.rng = shared, organisations, desks, now, rng
        self.today = local_date(now)

    def tell(self, reports: Sequence[Report]) -> None:
        """Give all `reports` their steps until now."""
        doubles = self._couple(reports)
        firsts = [report.eerste for report in doubles if report.eerste]
        for report in firsts:
            self._solve(report, report.promised)
        free = [report for report in reports if not report.eerste and report not in firsts]
        self.rng.shuffle(free)
        self._tell_running([report for report in free if report.promised >= self.today])
        past = [report for report in free if report.promised < self.today]
        self._tell_late(past)
        self._tell_done(past)
        for report in doubles:
            self._step(report, Status.DUBBEL, self._first_day(report), self.shared.dubbel)
        for report in reports:
            report.steps = [step for step in report.steps if step.at <= self.now]

    def _couple(self, reports: Sequence[Report]) -> list[Report]:
        """Make some reports the double of another in their buurt."""
        old = self.today - timedelta(days=DUBBEL_AGE)
        buurten: dict[int, list[Report]] = {}
        for report in reports:
            if report.point and report.reported_on < old:
                buurten.setdefault(report.spot.buurt_id, []).append(report)
        groups = [group for group in buurten.values() if len(group) >= DUBBEL_BUURT]
        self.rng.shuffle(groups)
        doubles: list[Report] = []
        for group in groups:
            first = next((report for report in group if _can_be_first(report)), None)
            if first and len(doubles) < DUBBEL:
                second = self.rng.choice([report for report in group if report is not first])
                plan.repeat(second, first, DUBBEL_DAYS, self.rng)
                doubles.append(second)
        return doubles

    def _tell_running(self, reports: list[Report]) -> None:
        """Lives of what is promised for today or later; most of it is done on the last day, and so still open."""
        elsewhere = _pick(reports, ELSEWHERE, lambda one: _has_case(one, _forwards) and self._had_time(one))
        for number, report in enumerate(elsewhere):
            self._recast(report, _forwards)
            self._forward(report)
            if number:
                self._take(report)
        for report in _pick(reports, WAITING, lambda one: _has_case(one, _asks) and self._had_time(one)):
            self._recast(report, _asks)
            self._ask(report)
        for report in reports:
            is_early = self.rng.random() < EARLY_SHARE
            self._solve(report, self._day_in_time(report) if is_early else report.promised)

    def _tell_late(self, reports: list[Report]) -> None:
        """Lives of what should be done by now and is still open; takes them out of `reports`."""
        since, until = self.today - timedelta(days=LATE_DAYS), self.today - timedelta(days=3)
        for report in _pick(reports, LATE_ELSEWHERE, lambda one: one.promised >= since and _has_case(one, _forwards)):
            self._recast(report, _forwards)
            self._forward(report)
        for number, report in enumerate(self._late_by_desk(reports, since)):
            reports.remove(report)
            self._delay(report, number)
        for report in _pick(reports, REOPENED, lambda one: since <= one.promised <= until):
            self._solve(report, self._day_in_time(report))
            self._reopen(report)

    def _tell_done(self, reports: list[Report]) -> None:
        """Lives of what should be done by now, and is."""
        old = self.today - timedelta(days=LATE_DAYS)
        total = len(reports)
        for report in _pick(reports, SOLVED_AGAIN, lambda one: one.promised < old):
            self._solve(report, self._day_in_time(report))
            self._reopen(report)
            self._solve_again(report)
        for report in _pick(reports, round(total * ASKED_SHARE), lambda one: one.case.question and _room(one)):
            self._ask(report)
            self._answer(report)
        for report in _pick(reports, round(total * ELSEWHERE_SHARE), lambda one: one.case.forwards and _room(one)):
            self._forward(report)
            self._take(report)
            done = max(report.promised, local_date(report.last_at))
            words = self.organisations[report.lies_with].done
            self._step(report, Status.OPGELOST, done, [words], organisatie=report.lies_with, by_organisatie=True)
        for report in _pick(reports, round(total * UNSOLVED_SHARE), lambda one: one.case.niet_opgelost):
            self._solve(report, self._day_in_time(report), Status.NIET_OPGELOST)
        reports.sort(key=lambda report: report.promised, reverse=True)
        closed = [report for report in reports if add_working_days(report.promised, MOST_LATE) < self.today]
        for report in closed[::LATE_ONE_IN]:
            reports.remove(report)
            self._solve(report, add_working_days(report.promised, self.rng.randint(1, MOST_LATE)))
        for report in reports:
            self._solve(report, self._day_in_time(report))

    def _late_by_desk(self, reports: Sequence[Report], since: date) -> list[Report]:
        """What was promised after `since` and is late now: as many for each desk."""
        late: list[Report] = []
        taken: Counter[str] = Counter()
        for report in reports:
            desk = self.desks[report.subject.slug]
            if report.promised >= since and report.subject.can_be_planned and taken[desk] < LATE_A_DESK:
                taken[desk] += 1
                late.append(report)
        return late

    def _recast(self, report: Report, fits: Callable[[Case], object]) -> None:
        """Let `report` be about a case that fits."""
        case = self.rng.choice([case for case in report.subject.cases if fits(case)])
        if case is not report.case:
            report.case, report.omschrijving = case, self.rng.choice(case.wordings)

    def _solve(self, report: Report, done: date, outcome: Status = Status.OPGELOST) -> None:
        """Look at it, perhaps plan it, and close it on `done`."""
        first = min(self._first_day(report), done)
        if first < done or self.rng.random() < 0.5:
            self._look(report, first)
        days = working_days_between(first, done)
        if report.subject.can_be_planned and days >= ROOM - 1 and self.rng.random() < 0.6:
            planned = add_working_days(first, self.rng.randint(1, days - 2))
            self._step(report, Status.INGEPLAND, planned, self.shared.ingepland, datum=done)
        texts = report.case.opgelost if outcome == Status.OPGELOST else report.case.niet_opgelost
        self._step(report, outcome, done, texts)

    def _ask(self, report: Report) -> None:
        """Ask the reporter something."""
        asked = add_working_days(self._look(report, self._first_day(report)), 1)
        self._step(report, Status.WACHT_OP_MELDER, asked, [report.case.question])

    def _answer(self, report: Report) -> None:
        """Go on once the reporter answered, and close it; the promised date moves by the days waited."""
        asked = local_date(report.last_at)
        answered = add_working_days(asked, self.rng.randint(2, 5))
        report.promised = moved_promise(report.promised, waited_days(asked, answered))
        self._step(report, Status.IN_BEHANDELING, answered, self.shared.resumed)
        self._step(report, Status.OPGELOST, add_working_days(answered, 1), report.case.opgelost)

    def _forward(self, report: Report) -> None:
        """Hand it over to another organisation, at once or after a look."""
        day = self._first_day(report)
        if self.rng.random() < 0.5:
            day = add_working_days(self._look(report, day), 1)
        organisatie, text = self.rng.choice(report.case.forwards)
        self._step(report, Status.DOORGEZET, day, [text], organisatie=organisatie)

    def _take(self, report: Report) -> None:
        """Let the organisation that has it take it, on the next working day."""
        slug, day = report.lies_with, add_working_days(local_date(report.last_at), 1)
        words = [self.organisations[slug].taken]
        self._step(report, Status.DOORGEZET, day, words, organisatie=slug, by_organisatie=True)

    def _delay(self, report: Report, number: int) -> None:
        """Leave it open after the promised date, in one of three ways by `number`."""
        if number % 3:
            self._look(report, self._first_day(report))
        if number % 3 == 1:
            new_date = add_working_days(self.today, self.rng.randint(2, 6))
            self._step(report, Status.INGEPLAND, report.promised, self.shared.postponed, datum=new_date)

    def _reopen(self, report: Report) -> None:
        """Let the reporter say, some days after it was closed, that it is not solved."""
        day = min(local_date(report.last_at) + timedelta(days=self.rng.randint(1, 6)), self.today - timedelta(days=1))
        at = plan.local_moment(day, self.rng.randint(17, 21), self.rng.randrange(60), self.rng.randrange(60))
        report.steps.append(Step(Status.HEROPEND, at, self.rng.choice(self.shared.heropend), by_staff=False))

    def _solve_again(self, report: Report) -> None:
        """Look once more and close it, this time for good."""
        again = add_working_days(local_date(report.last_at), 1)
        self._step(report, Status.IN_BEHANDELING, again, self.shared.again)
        self._step(report, Status.OPGELOST, add_working_days(again, self.rng.randint(1, 3)), report.case.opgelost)

    def _look(self, report: Report, day: date) -> date:
        """Take it up on `day`, which is given back."""
        texts = report.subject.in_behandeling if self.rng.random() < 0.6 else self.shared.in_behandeling
        self._step(report, Status.IN_BEHANDELING, day, texts)
        return day

    def _step(
        self,
        report: Report,
        naar: Status,
        day: date,
        texts: Sequence[str],
        *,
        datum: date | None = None,
        organisatie: str = "",
        by_organisatie: bool = False,
    ) -> None:
        """Add a step on office hours of `day`, later than the last one; `datum` fills in its text."""
        at = plan.local_moment(day, self.rng.randint(*OFFICE_HOURS), self.rng.randrange(60), self.rng.randrange(60))
        if at <= report.last_at:
            at = report.last_at + timedelta(minutes=self.rng.randrange(15, 60))
        planned = date_format(datum, "l j F") if datum else ""
        text = self.rng.choice(texts).format(datum=planned)
        by_staff = not by_organisatie
        report.steps.append(Step(naar, at, text, by_staff, organisatie, by_organisatie))

    def _had_time(self, report: Report) -> bool:
        """Whether there was time for two steps since it came in."""
        return add_working_days(report.reported_on, 2) < self.today

    def _first_day(self, report: Report) -> date:
        """The working day on which somebody first looks at it."""
        day = report.reported_on
        if is_working_day(day) and localtime(report.created_at).hour < SAME_DAY_HOUR and self.rng.random() < 0.5:
            return day
        return add_working_days(day, 1)

    def _day_in_time(self, report: Report) -> date:
        """A working day from the first look until the promised date."""
        first = self._first_day(report)
        days = working_days_between(first, report.promised)
        # Of two days the later one: people work towards what was promised.
        return add_working_days(first, max(self.rng.randint(0, days), self.rng.randint(0, days)))


def _asks(case: Case) -> str:
    """What is asked about it, if anything."""
    return case.question


def _forwards(case: Case) -> tuple[tuple[str, str], ...]:
    """Where it can go, if anywhere."""
    return case.forwards


def _has_case(report: Report, fits: Callable[[Case], object]) -> bool:
    """Whether `report` could be about a case that fits."""
    return any(fits(case) for case in report.subject.cases)


def _room(report: Report) -> bool:
    """Whether the term leaves room for more than one step."""
    return working_days_between(report.reported_on, report.promised) >= ROOM


def _can_be_first(report: Report) -> bool:
    """Whether somebody else could report the same before it is done, in other words."""
    return _room(report) and len(report.case.wordings) > 1


def _pick(reports: list[Report], number: int, fits: Callable[[Report], object]) -> list[Report]:
    """Take the first `number` that fit out of `reports`."""
    chosen = [report for report in reports if fits(report)][:number]
    for report in chosen:
        reports.remove(report)
    return chosen
