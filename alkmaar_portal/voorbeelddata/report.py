"""What one example melding is made of before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from shapely.geometry.base import BaseGeometry

from alkmaar_portal.voorbeelddata.texts import Case, Place, Subject
from basis.termijnen import local_date
from meldingen.models import Besluit
from meldingen.rules import CLOSED, Status


@dataclass(frozen=True)
class Spot:
    """A buurt of the plan; `land` is where its pins may lie, on the plane that `plan` uses."""

    buurt_id: int
    wijk_id: int
    inwoners: int
    busy: float
    place: Place
    land: BaseGeometry


@dataclass(frozen=True)
class Step:
    """One step after the first: by a behandelaar or by the reporter.

    `organisatie` is the slug of the one it was handed over to, or of the one that did it (`by_organisatie`).
    """

    naar: Status
    at: datetime
    toelichting: str
    by_staff: bool = True
    organisatie: str = ""
    by_organisatie: bool = False


@dataclass(eq=False)
class Report:
    """A melding to be: what was reported, by whom, and what happened to it since."""

    spot: Spot
    subject: Subject
    case: Case
    created_at: datetime
    promised: date
    omschrijving: str
    #: Longitude and latitude; None when somebody had no pin.
    point: tuple[float, float] | None
    straat: str = ""
    plek: str = ""
    steps: list[Step] = field(default_factory=list)
    eerste: Report | None = None
    naam: str = ""
    email: str = ""
    telefoon: str = ""
    is_bewoner: bool = False
    besluit: Besluit | None = None
    #: What was decided about each photo.
    fotos: list[Besluit | None] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """Where it stands after its last step."""
        return self.steps[-1].naar if self.steps else Status.GEMELD

    @property
    def last_at(self) -> datetime:
        """When something last happened."""
        return self.steps[-1].at if self.steps else self.created_at

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed; None while it is open."""
        return self.last_at if self.status in CLOSED else None

    @property
    def lies_with(self) -> str:
        """The slug of the organisatie that has it now; empty when none has."""
        return self.steps[-1].organisatie if self.status == Status.DOORGEZET else ""

    @property
    def reported_on(self) -> date:
        """The local date on which it came in."""
        return local_date(self.created_at)
