"""The import of borders: what the register says replaces what was there, texts of people stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import listed
from gebieden.models import Area, AreaImport, Buurt, Gebied, Wijk
from gebieden.register import BuurtEntry, GebiedEntry, Register, WijkEntry
from gebieden.rules import Handeling

AreaT = TypeVar("AreaT", bound=Area)

#: Fields that people would not know by their own name are reported under this one.
_PART_OF = dict.fromkeys(("west", "south", "east", "north"), "grens") | dict.fromkeys(
    ("label_lat", "label_lon"), "plaats van de naam"
)


@dataclass
class Verslag:
    """What an import did, area by area."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether the import changed anything."""
        return bool(self.added or self.changed or self.removed or self.kept)

    def lines(self) -> list[str]:
        """The report for people: a line for each area that is not as it was, and the totals."""
        headings = [
            (_("Toegevoegd"), self.added),
            (_("Gewijzigd"), self.changed),
            (_("Niet meer in het bestand, verwijderd"), self.removed),
            (_("Niet meer in het bestand, bewaard omdat er nog gegevens naar verwijzen"), self.kept),
        ]
        return [*(f"{heading}: {area}" for heading, areas in headings for area in areas), self.totals()]

    def totals(self) -> str:
        """How many areas were added, changed, left alone and no longer found."""
        return _(
            "%(toegevoegd)s toegevoegd, %(gewijzigd)s gewijzigd, %(gelijk)s gelijk, %(weg)s niet meer in het bestand."
        ) % {
            "toegevoegd": len(self.added),
            "gewijzigd": len(self.changed),
            "gelijk": self.unchanged,
            "weg": len(self.removed) + len(self.kept),
        }


@transaction.atomic
def import_gebieden(register: Register) -> Verslag:
    """Make gebieden, wijken and buurten what `register` says, all or nothing.

    Introductions and teams are not touched, and a buurt keeps its address. What the register no longer holds is
    removed; when rows of any app still point at it, it is kept and marked as withdrawn.
    """
    writer = _Writer(register)
    writer.withdraw_missing()
    for gebied_entry in register.gebieden:
        gebied = writer.write_gebied(gebied_entry)
        for wijk_entry in gebied_entry.wijken:
            wijk = writer.write_wijk(wijk_entry, gebied)
            for buurt_entry in wijk_entry.buurten:
                writer.write_buurt(buurt_entry, wijk)
    writer.clear_withdrawn()
    verslag = writer.verslag
    spoor.record(
        Handeling.INGELEZEN,
        by=None,
        toegevoegd=len(verslag.added),
        gewijzigd=len(verslag.changed),
        verwijderd=len(verslag.removed),
    )
    if verslag.has_changes:
        AreaImport.objects.create(bron=register.bron, verslag="\n".join(verslag.lines()))
    return verslag


class _Writer:
    """One run of an import: the rows that are there, locked, and the report so far."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.verslag = Verslag()
        # In one order, so that two imports at the same time wait for each other.
        self.gebieden = {row.slug: row for row in Gebied.objects.select_for_update().order_by("pk")}
        self.wijken = {row.code: row for row in Wijk.objects.select_for_update().order_by("pk")}
        self.buurten = {row.gebiednummer: row for row in Buurt.objects.select_for_update().order_by("pk")}
        self.slugs = {(row.wijk_id, row.slug) for row in self.buurten.values()}
        self.just_withdrawn: set[Area] = set()

    def withdraw_missing(self) -> None:
        """Mark what the register no longer holds, first of all: its address becomes free for a successor."""
        wijken = [wijk for gebied in self.register.gebieden for wijk in gebied.wijken]
        numbers = {buurt.gebiednummer for wijk in wijken for buurt in wijk.buurten}
        codes = {wijk.plan.code for wijk in wijken}
        slugs = {gebied.plan.slug for gebied in self.register.gebieden}
        for number, buurt in self.buurten.items():
            if number not in numbers and buurt.withdrawn_at is None:
                self.slugs.discard((buurt.wijk_id, buurt.slug))
                self._withdraw(buurt, slug=f"{buurt.slug[:60]}-{number}")
                self.slugs.add((buurt.wijk_id, buurt.slug))
        for code, wijk in self.wijken.items():
            if code not in codes and wijk.withdrawn_at is None:
                self._withdraw(wijk, slug=f"{wijk.slug[:50]}-{code.lower()}")
        for slug, gebied in self.gebieden.items():
            if slug not in slugs and gebied.withdrawn_at is None:
                self._withdraw(gebied)

    def write_gebied(self, entry: GebiedEntry) -> Gebied:
        """The row of a gebied, as the register says."""
        plan = entry.plan
        values = {"naam": plan.naam, "kleur": plan.kleur, "volgorde": plan.volgorde, **self._shared(entry)}
        return self._write(self.gebieden.get(plan.slug) or Gebied(slug=plan.slug), values)

    def write_wijk(self, entry: WijkEntry, gebied: Gebied) -> Wijk:
        """The row of a wijk, as the register says."""
        plan = entry.plan
        values = {
            "naam": plan.naam,
            "slug": plan.slug,
            "volgorde": plan.volgorde,
            "gebied_id": gebied.pk,
            **self._shared(entry),
        }
        return self._write(self.wijken.get(plan.code) or Wijk(code=plan.code), values)

    def write_buurt(self, entry: BuurtEntry, wijk: Wijk) -> Buurt:
        """The row of a buurt, as the register says."""
        row = self.buurten.get(entry.gebiednummer) or Buurt(gebiednummer=entry.gebiednummer)
        values = {
            "naam": entry.naam,
            "slug": self._slug(row, entry, wijk),
            "is_dorp": entry.is_dorp,
            "wijk_id": wijk.pk,
            **self._shared(entry),
        }
        return self._write(row, values)

    def clear_withdrawn(self) -> None:
        """Remove what was withdrawn, now or earlier, and is not pointed at; from small to large."""
        for rows in (self.buurten, self.wijken, self.gebieden):
            for row in rows.values():
                if row.withdrawn_at is None:
                    continue
                if not row.is_referenced():
                    self.verslag.removed.append(_described(row))
                    row.delete()
                elif row in self.just_withdrawn:
                    self.verslag.kept.append(_described(row))

    def _withdraw(self, row: Area, **values: str) -> None:
        self.just_withdrawn.add(row)
        _set(row, {"withdrawn_at": timezone.now(), **values})

    def _shared(self, entry: GebiedEntry | WijkEntry | BuurtEntry) -> dict[str, Any]:
        return {
            "inwoners": entry.inwoners,
            "inwoners_jaar": self.register.inwoners_jaar,
            "withdrawn_at": None,
            **entry.outline.as_fields(),
        }

    def _slug(self, row: Buurt, entry: BuurtEntry, wijk: Wijk) -> str:
        """The address of a buurt: kept while it stays in its wijk, whatever it is called; else made from its name."""
        if row.wijk_id == wijk.pk and row.withdrawn_at is None:
            return row.slug
        slug = slugify(entry.naam)
        if (wijk.pk, slug) in self.slugs:
            slug = f"{slug[:60]}-{entry.gebiednummer}"
        self.slugs.discard((row.wijk_id, row.slug))
        self.slugs.add((wijk.pk, slug))
        return slug

    def _write(self, row: AreaT, values: dict[str, Any]) -> AreaT:
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if row.pk is None:
            self.verslag.added.append(_described(row, naam=values["naam"]))
        elif changed:
            self.verslag.changed.append(f"{_described(row)} ({_field_names(row, changed)})")
        else:
            self.verslag.unchanged += 1
            return row
        _set(row, values)
        return row


def _set(row: Area, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values) if row.pk else None)


def _described(row: Area, naam: str = "") -> str:
    return f"{row._meta.verbose_name} {naam or row.naam}"


def _field_names(row: Area, names: Iterable[str]) -> str:
    """Fields as people call them, each once."""
    words = [_PART_OF.get(name) or str(getattr(row._meta.get_field(name), "verbose_name", name)) for name in names]
    return listed(list(dict.fromkeys(words)))
