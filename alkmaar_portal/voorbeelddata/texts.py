"""The words, places and people of the example data, as they stand in `data/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"

#: The kinds of buurt, which decide what is reported there.
GROUNDS = ("stad", "dorp", "bedrijven", "landelijk")


@dataclass(frozen=True)
class Case:
    """One thing that can be wrong: what people write about it (in more than one way), and how it can end.

    `reden` is why it is not solved where that can be so.

    `question` and `drawing` (what a photo of it shows) are empty where there is none.
    """

    wordings: tuple[str, ...]
    opgelost: tuple[str, ...]
    niet_opgelost: tuple[str, ...]
    reden: str
    forwards: tuple[tuple[str, str], ...]
    question: str
    drawing: str


@dataclass(frozen=True)
class Subject:
    """What is said about meldingen of one categorie, and when and where they occur.

    `months` are weights, January first.
    """

    slug: str
    weight: int
    months: tuple[int, ...]
    grounds: tuple[str, ...]
    can_be_planned: bool
    additions: tuple[str, ...]
    in_behandeling: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Shared:
    """What is said at a step whatever the categorie; {datum} is filled in."""

    in_behandeling: tuple[str, ...]
    ingepland: tuple[str, ...]
    postponed: tuple[str, ...]
    resumed: tuple[str, ...]
    dubbel: tuple[str, ...]
    heropend: tuple[str, ...]
    again: tuple[str, ...]
    #: What a reporter answers to a question, and writes with "it is not solved".
    answer: tuple[str, ...]
    not_solved: tuple[str, ...]


@dataclass(frozen=True)
class Meldingen:
    """All words about meldingen."""

    shared: Shared
    subjects: tuple[Subject, ...]


@dataclass(frozen=True)
class Place:
    """What is known about one buurt: its kind, its streets, and for a dorp where the houses stand (lat, lon)."""

    ground: str = "stad"
    streets: tuple[str, ...] = ()
    core: tuple[float, float] | None = None


@dataclass(frozen=True)
class Places:
    """The buurten by gebiednummer, and words for a spot in town."""

    by_gebiednummer: Mapping[str, Place]
    words: tuple[str, ...]

    def of(self, gebiednummer: str) -> Place:
        """What is known about this buurt; for most that is nothing but that it lies in town."""
        return self.by_gebiednummer.get(gebiednummer, Place())


@dataclass(frozen=True)
class Teams:
    """Who works where.

    `behandelaars` has the slugs of afdelingen by the address of an account; `accounts` the address of who leads the
    team, by the slug of its gebied; `functions` the fields of each Teamlid; the rest introductions by slug.
    """

    behandelaars: Mapping[str, Sequence[str]]
    accounts: Mapping[str, str]
    functions: Sequence[Mapping[str, str]]
    of_gebieden: Mapping[str, str]
    of_wijken: Mapping[str, str]


@dataclass(frozen=True)
class Organisation:
    """An outside body, and what it writes when it takes something and when it is done."""

    naam: str
    soort: str
    email: str
    telefoon: str
    taken: str
    done: str


#: Stands for the afdelingen all together.
ALL = "alle"


@dataclass(frozen=True)
class StandardText:
    """What a behandelaar begins an explanation with."""

    titel: str
    tekst: str
    statussen: Sequence[str]


@dataclass(frozen=True)
class Part:
    """What another afdeling (its slug) is asked to do; with an `uitleg` it is done."""

    afdeling: str
    wat: str
    uitleg: str


@dataclass(frozen=True)
class Dossiers:
    """What stands in the files of meldingen.

    `standard_texts` by slug of the afdeling, or ALL; `notes` by slug of the afdeling; `about_somebody` is what a
    reporter adds, and `left_out` what others don't read of that.
    """

    standard_texts: Mapping[str, Sequence[StandardText]]
    notes: Mapping[str, Sequence[str]]
    about_somebody: str
    left_out: str
    parts: Sequence[Part]


def read_dossiers() -> Dossiers:
    """The words of the files."""
    data = _read("dossiers.toml")
    return Dossiers(
        standard_texts={slug: [StandardText(**row) for row in rows] for slug, rows in data["standaardteksten"].items()},
        notes=data["notities"],
        about_somebody=data["lakken"]["erbij"],
        left_out=data["lakken"]["weg"],
        parts=[Part(**row) for row in data["deeltaken"]],
    )


def read_organisations() -> dict[str, Organisation]:
    """The outside bodies by slug."""
    return {slug: Organisation(**row) for slug, row in _read("organisaties.toml").items()}


def read_meldingen() -> Meldingen:
    """The words about meldingen."""
    data = _read("meldingen.toml")
    shared = data.pop("algemeen")
    return Meldingen(
        Shared(
            in_behandeling=tuple(shared["in_behandeling"]),
            ingepland=tuple(shared["ingepland"]),
            postponed=tuple(shared["uitgesteld"]),
            resumed=tuple(shared["hervat"]),
            dubbel=tuple(shared["dubbel"]),
            heropend=tuple(shared["heropend"]),
            again=tuple(shared["opnieuw"]),
            answer=tuple(shared["antwoord"]),
            not_solved=tuple(shared["niet_goed"]),
        ),
        tuple(_subject(slug, row) for slug, row in data.items()),
    )


def read_places() -> Places:
    """The places."""
    data = _read("plaatsen.toml")
    return Places(
        {
            gebiednummer: Place(
                ground=row.get("soort", "stad"),
                streets=tuple(row.get("straten", ())),
                core=(row["kern"][0], row["kern"][1]) if "kern" in row else None,
            )
            for gebiednummer, row in data["buurten"].items()
        },
        tuple(data["plekken"]),
    )


def read_teams() -> Teams:
    """The teams and who handles what."""
    data = _read("teams.toml")
    return Teams(
        behandelaars=data["behandelaars"],
        accounts=data["accounts"],
        functions=tuple(data["functies"]),
        of_gebieden=data["inleidingen"]["gebieden"],
        of_wijken=data["inleidingen"]["wijken"],
    )


def read_ideeen() -> list[dict[str, Any]]:
    """The example ideas."""
    return list(_read("ideeen.toml")["ideeen"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _subject(slug: str, row: Mapping[str, Any]) -> Subject:
    return Subject(
        slug=slug,
        weight=row["gewicht"],
        months=tuple(row.get("maanden", (1,) * 12)),
        grounds=tuple(row.get("buurten", GROUNDS)),
        can_be_planned=row.get("te_plannen", True),
        additions=tuple(row["erbij"]),
        in_behandeling=tuple(row["in_behandeling"]),
        cases=tuple(_case(case) for case in row["gevallen"]),
    )


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        wordings=tuple(row["melding"]),
        opgelost=tuple(row["opgelost"]),
        niet_opgelost=tuple(row.get("niet_opgelost", ())),
        reden=row.get("reden", ""),
        forwards=tuple((forward["organisatie"], forward["tekst"]) for forward in row.get("doorgezet", ())),
        question=row.get("vraag", ""),
        drawing=row.get("tekening", ""),
    )
