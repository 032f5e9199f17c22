"""The register of buurten as a file: reading, checking, and computing wijken and gebieden from it."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from django.utils.text import slugify
from django.utils.translation import gettext as _
from shapely.errors import GEOSException
from shapely.geometry import shape

from basis.regels import RuleViolation
from gebieden.outlines import Land, Outline, union

DATA = Path(__file__).resolve().parent / "data"
BUURTEN_FILE = DATA / "alkmaar_buurten.geojson"
INDELING_FILE = DATA / "indeling.toml"

#: Roughly where the Netherlands lie; whatever is outside was written in another system, or latitude first.
NETHERLANDS = (3.0, 50.5, 7.5, 54.0)

NAME_MAX_LENGTH = 80


class BadRegister(RuleViolation):
    """The file cannot be imported; `str()` of it says in one sentence what is wrong, and with which buurt."""


@dataclass(frozen=True)
class WijkPlan:
    """What `indeling.toml` says about a wijk."""

    code: str
    naam: str
    slug: str
    volgorde: int
    dorpen: bool
    geen_dorp: frozenset[str]


@dataclass(frozen=True)
class GebiedPlan:
    """What `indeling.toml` says about a gebied."""

    naam: str
    slug: str
    kleur: str
    volgorde: int
    wijken: tuple[WijkPlan, ...]


@dataclass(frozen=True)
class Indeling:
    """How buurten make up wijken and gebieden, with the credit line and the year of the inhabitants."""

    bron: str
    inwoners_jaar: int
    gebieden: tuple[GebiedPlan, ...]


@dataclass(frozen=True)
class BuurtEntry:
    """One buurt of the file."""

    gebiednummer: str
    naam: str
    is_dorp: bool
    inwoners: int
    outline: Outline


@dataclass(frozen=True)
class WijkEntry:
    """One wijk with its buurten."""

    plan: WijkPlan
    buurten: tuple[BuurtEntry, ...]

    @property
    def inwoners(self) -> int:
        """The sum of its buurten."""
        return sum(buurt.inwoners for buurt in self.buurten)

    @cached_property
    def outline(self) -> Outline:
        """The border around its buurten."""
        return union(buurt.outline.geometry for buurt in self.buurten)


@dataclass(frozen=True)
class GebiedEntry:
    """One gebied with its wijken."""

    plan: GebiedPlan
    wijken: tuple[WijkEntry, ...]

    @property
    def inwoners(self) -> int:
        """The sum of its wijken."""
        return sum(wijk.inwoners for wijk in self.wijken)

    @cached_property
    def outline(self) -> Outline:
        """The border around its buurten."""
        return union(buurt.outline.geometry for wijk in self.wijken for buurt in wijk.buurten)


@dataclass(frozen=True)
class Register:
    """All gebieden of a checked file."""

    bron: str
    inwoners_jaar: int
    gebieden: tuple[GebiedEntry, ...]


def read_indeling(path: Path = INDELING_FILE) -> Indeling:
    """Read how buurten make up wijken and gebieden; part of the program, so mistakes in it are not for people."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    gebieden = []
    order = 0
    for number, gebied in enumerate(data["gebieden"], start=1):
        wijken = []
        for wijk in gebied["wijken"]:
            order += 1
            wijken.append(
                WijkPlan(
                    code=wijk["code"],
                    naam=wijk["naam"],
                    slug=wijk["slug"],
                    volgorde=order,
                    dorpen=wijk.get("dorpen", False),
                    geen_dorp=frozenset(wijk.get("geen_dorp", ())),
                )
            )
        gebieden.append(GebiedPlan(gebied["naam"], gebied["slug"], gebied["kleur"], number, tuple(wijken)))
    return Indeling(data["bron"], data["inwoners_jaar"], tuple(gebieden))


def read_register(path: Path, indeling: Indeling) -> Register:
    """Read and check the GeoJSON file at `path`; raises BadRegister for the first thing that is wrong with it."""
    entries: dict[str, list[BuurtEntry]] = {}
    plans = {wijk.code: (gebied, wijk) for gebied in indeling.gebieden for wijk in gebied.wijken}
    numbers: set[str] = set()
    for position, feature in enumerate(_features(path), start=1):
        wijk, buurt = _Feature(position, feature).read(plans)
        if buurt.gebiednummer in numbers:
            raise BadRegister(
                _("Gebiednummer %(nummer)s staat meer dan één keer in het bestand, de laatste keer bij ‘%(naam)s’.")
                % {"nummer": buurt.gebiednummer, "naam": buurt.naam}
            )
        numbers.add(buurt.gebiednummer)
        entries.setdefault(wijk.code, []).append(buurt)
    for _gebied, wijk in plans.values():
        if wijk.code not in entries:
            raise BadRegister(
                _("Wijk ‘%(naam)s’ (%(code)s) heeft geen buurten in het bestand.")
                % {"naam": wijk.naam, "code": wijk.code}
            )
        for missing in sorted(wijk.geen_dorp - {buurt.gebiednummer for buurt in entries[wijk.code]}):
            raise BadRegister(
                _("De indeling noemt buurt %(nummer)s in ‘%(naam)s’, maar die staat niet in het bestand.")
                % {"nummer": missing, "naam": wijk.naam}
            )
    return Register(
        bron=indeling.bron,
        inwoners_jaar=indeling.inwoners_jaar,
        gebieden=tuple(
            GebiedEntry(gebied, tuple(WijkEntry(wijk, tuple(entries[wijk.code])) for wijk in gebied.wijken))
            for gebied in indeling.gebieden
        ),
    )


def _features(path: Path) -> list[object]:
    """The features of a GeoJSON FeatureCollection; raises BadRegister when the file is none, or is empty."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRegister(_("Het bestand %(bestand)s is niet te lezen.") % {"bestand": path}) from error
    except (ValueError, RecursionError) as error:
        raise BadRegister(_("Het bestand %(bestand)s is geen JSON.") % {"bestand": path}) from error
    features = data.get("features") if isinstance(data, dict) and data.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise BadRegister(_("Het bestand %(bestand)s is geen GeoJSON met buurten.") % {"bestand": path})
    return features


@dataclass(frozen=True)
class _Feature:
    """One feature of the file on its way to a BuurtEntry; knows its place for the sentence that refuses it."""

    position: int
    feature: object

    def read(self, plans: Mapping[str, tuple[GebiedPlan, WijkPlan]]) -> tuple[WijkPlan, BuurtEntry]:
        """The wijk and the buurt that this feature describes; raises BadRegister."""
        gebiednummer = self._text("gebiednummer")
        if not re.fullmatch(r"[0-9]{16}", gebiednummer):
            raise self._bad(_("gebiednummer moet zestien cijfers zijn"))
        naam = self._text("naam")
        if not slugify(naam):
            raise self._bad(_("in de naam staat geen letter of cijfer"))
        wijk = self._wijk(plans)
        geometry = self._geometry()
        return wijk, BuurtEntry(
            gebiednummer=gebiednummer,
            # The register writes "Oud - Overdie", which reads as two names.
            naam=re.sub(r"\s+-\s+", "-", naam),
            is_dorp=wijk.dorpen and gebiednummer not in wijk.geen_dorp,
            inwoners=self._inwoners(),
            outline=Outline(geometry, self._label(geometry)),
        )

    @property
    def _properties(self) -> Mapping[str, object]:
        properties = self.feature.get("properties") if isinstance(self.feature, dict) else None
        return properties if isinstance(properties, dict) else {}

    def _bad(self, reason: str) -> BadRegister:
        known = [str(value) for key in ("naam", "gebiednummer") if (value := self._properties.get(key))]
        return BadRegister(
            _("Buurt %(plaats)s in het bestand (%(naam)s): %(reden)s.")
            % {"plaats": self.position, "naam": ", ".join(known) or _("zonder naam"), "reden": reason}
        )

    def _text(self, key: str) -> str:
        value = self._properties.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._bad(_("‘%(veld)s’ ontbreekt") % {"veld": key})
        if len(value) > NAME_MAX_LENGTH:
            raise self._bad(_("‘%(veld)s’ is langer dan %(aantal)s tekens") % {"veld": key, "aantal": NAME_MAX_LENGTH})
        return value.strip()

    def _wijk(self, plans: Mapping[str, tuple[GebiedPlan, WijkPlan]]) -> WijkPlan:
        code, wijk_naam, gebied_naam = self._text("wijkcode"), self._text("wijk"), self._text("gebied")
        if code not in plans:
            raise self._bad(_("wijkcode %(code)s is onbekend") % {"code": code})
        gebied, wijk = plans[code]
        if wijk.naam != wijk_naam:
            raise self._bad(
                _("wijk %(code)s heet ‘%(naam)s’, niet ‘%(anders)s’")
                % {"code": code, "naam": wijk.naam, "anders": wijk_naam}
            )
        if gebied.naam != gebied_naam:
            raise self._bad(
                _("wijk ‘%(wijk)s’ hoort bij gebied ‘%(naam)s’, niet bij ‘%(anders)s’")
                % {"wijk": wijk_naam, "naam": gebied.naam, "anders": gebied_naam}
            )
        return wijk

    def _inwoners(self) -> int:
        value = self._properties.get("inwoners")
        # The CBS writes unknown and secret figures as large negative numbers; a sum over those would be nonsense.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10_000_000:
            raise self._bad(_("‘inwoners’ moet een geheel getal van 0 of meer zijn"))
        return value

    def _geometry(self) -> Land:
        written = self.feature.get("geometry") if isinstance(self.feature, dict) else None
        if not isinstance(written, dict) or written.get("type") not in ("Polygon", "MultiPolygon"):
            raise self._bad(_("de grens moet een Polygon of MultiPolygon zijn"))
        try:
            geometry = shapely.force_2d(shape(written))
            finite = bool(np.isfinite(shapely.get_coordinates(geometry)).all())
        except (GEOSException, ValueError, TypeError, LookupError, AttributeError) as error:
            raise self._bad(_("de grens is niet te lezen")) from error
        if not isinstance(geometry, Land) or geometry.is_empty or not finite:
            raise self._bad(_("de grens is leeg of bevat iets dat geen getal is"))
        west, south, east, north = geometry.bounds
        if west < NETHERLANDS[0] or south < NETHERLANDS[1] or east > NETHERLANDS[2] or north > NETHERLANDS[3]:
            raise self._bad(_("de grens ligt niet in Nederland; schrijf eerst lengte-, dan breedtegraad (WGS84)"))
        if not geometry.is_valid:
            raise self._bad(
                _("de grens snijdt zichzelf of is niet gesloten (%(reden)s)")
                % {"reden": shapely.is_valid_reason(geometry)}
            )
        return geometry

    def _label(self, geometry: Land) -> tuple[float, float]:
        value = self._properties.get("label")
        if (
            not isinstance(value, list)
            or len(value) != 2
            or any(isinstance(part, bool) or not isinstance(part, int | float) for part in value)
        ):
            raise self._bad(_("‘label’ moet een lengte- en een breedtegraad hebben"))
        lon, lat = float(value[0]), float(value[1])
        west, south, east, north = geometry.bounds
        if not (math.isfinite(lon) and west <= lon <= east and south <= lat <= north):
            raise self._bad(_("‘label’ ligt buiten de grens"))
        return lon, lat
