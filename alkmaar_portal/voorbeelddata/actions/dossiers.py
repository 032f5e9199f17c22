"""What stands in the files of example meldingen besides their steps: notes, standard texts, what is left out, parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from alkmaar_portal.voorbeelddata import texts
from basis import fotos
from basis.fotos import Vlak
from basis.termijnen import add_working_days
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.models import Besluit, Deeltaak, Foto, Melding, Notitie, Tekstblok
from meldingen.rules import DeeltaakStatus, Status

#: What somebody is at work on.
AT_WORK = frozenset({Status.IN_BEHANDELING, Status.INGEPLAND, Status.HEROPEND})
#: The afdeling that asks others for a part, where it is at work on something.
ASKS = "wegen"
#: So much later than the last step something is noted or asked, and a part is done.
NOTED_AFTER, DONE_AFTER = timedelta(minutes=20), timedelta(hours=3)
#: Working days until an open part has to be done.
PART_TERM = 4
#: What is black in the photo: a corner, away from what is broken.
VLAK = Vlak(links=5, boven=6, breedte=24, hoogte=15)


class Dossiers:
    """Writes it, into meldingen that are there with their steps and photos."""

    def __init__(self, behandelaars: Mapping[int, Gebruiker]) -> None:
        """`behandelaars` has the account for each afdeling id."""
        self.behandelaars, self.words, self.now = behandelaars, texts.read_dossiers(), timezone.now()
        self.afdelingen = {afdeling.slug: afdeling for afdeling in Afdeling.objects.all()}

    def write(self) -> None:
        """All of it; one melding gets everything, so that somebody can see it together."""
        self._write_standard_texts()
        at_work = Melding.objects.filter(status__in=AT_WORK, categorie__openbaar=True).select_related("afdeling")
        meldingen = list(at_work.order_by("afdeling", "-created_at", "pk"))
        full = self._fullest(meldingen)
        self._write_notes(meldingen, full)
        if full:
            self._leave_out_words(full)
            self._leave_out_of_foto(full)
            self._ask_parts(full)

    def _fullest(self, meldingen: Sequence[Melding]) -> Melding | None:
        """The melding for which others do a part: with a photo, if there is one."""
        asked = {part.afdeling for part in self.words.parts}
        fitting = [one for one in meldingen if one.afdeling.slug not in asked]
        with_foto = set(Foto.objects.filter(melding__in=fitting).values_list("melding", flat=True))
        return max(
            fitting, key=lambda one: (one.afdeling.slug == ASKS, one.pk in with_foto, one.created_at), default=None
        )

    def _write_standard_texts(self) -> None:
        Tekstblok.objects.bulk_create(
            Tekstblok(afdeling=self.afdelingen.get(slug), titel=one.titel, tekst=one.tekst, statussen=[*one.statussen])
            for slug, rows in self.words.standard_texts.items()
            if slug in self.afdelingen or slug == texts.ALL
            for one in rows
        )

    def _write_notes(self, meldingen: Sequence[Melding], full: Melding | None) -> None:
        """As many meldingen of each afdeling as it has notes, the newest; `full` gets all of its afdeling."""
        rows = []
        for slug, group in groupby(meldingen, key=lambda one: one.afdeling.slug):
            notes = self.words.notes.get(slug, ())
            of_afdeling = [one for one in group if one != full]
            about = [full] * len(notes) if full and full.afdeling.slug == slug else of_afdeling
            rows += [
                self._note(melding, tekst, turn)
                for turn, (melding, tekst) in enumerate(zip(about, notes, strict=False))
            ]
        Notitie.objects.bulk_create(rows)

    def _note(self, melding: Melding, tekst: str, turn: int) -> Notitie:
        at = self._after(melding, NOTED_AFTER * (turn + 1))
        return Notitie(melding=melding, door=self.behandelaars.get(melding.afdeling_id), tekst=tekst, at=at)

    def _after(self, melding: Melding, later: timedelta) -> datetime:
        """So much later than the last step of `melding`, but not after now."""
        return min(melding.stappen.latest("at").at + later, self.now)

    def _leave_out_words(self, melding: Melding) -> None:
        """Let the reporter name a neighbour, and everybody read it without the name."""
        melding.omschrijving = f"{melding.omschrijving} {self.words.about_somebody}"
        public = melding.omschrijving.replace(self.words.left_out, rules.WEGGELAKT)
        melding.omschrijving_gelakt = rules.blacked_out(melding.omschrijving, public)
        melding.tekst_besluit = Besluit.OPENBAAR
        melding.store("omschrijving", "omschrijving_gelakt", "tekst_besluit")

    def _leave_out_of_foto(self, melding: Melding) -> None:
        """A photo of `melding`, or of another that everybody sees, gets a black corner."""
        released = Foto.objects.filter(besluit=Besluit.OPENBAAR, melding__categorie__openbaar=True)
        foto = melding.fotos.order_by("pk").first() or released.order_by("-created_at", "pk").first()
        if foto is None:
            return
        foto.vlakken, foto.besluit = [[*VLAK]], Besluit.OPENBAAR
        foto.save(update_fields=["vlakken", "besluit"])
        fotos.release(foto.naam, [VLAK])

    def _ask_parts(self, melding: Melding) -> None:
        """What others do for `melding`; its afdeling asked for each part, and each that is done changed it again."""
        asked_at = self._after(melding, NOTED_AFTER)
        by = self.behandelaars.get(melding.afdeling_id)
        for part in self.words.parts:
            afdeling = self.afdelingen[part.afdeling]
            Deeltaak.objects.create(
                melding=melding,
                afdeling=afdeling,
                wat=part.wat,
                gereed_voor=add_working_days(timezone.localdate(asked_at if part.uitleg else self.now), PART_TERM),
                status=DeeltaakStatus.GEREED if part.uitleg else DeeltaakStatus.OPEN,
                uitleg=part.uitleg,
                asked_by=by,
                asked_at=asked_at,
                closed_by=self.behandelaars.get(afdeling.pk) if part.uitleg else None,
                closed_at=min(asked_at + DONE_AFTER, self.now) if part.uitleg else None,
            )
            melding.store()
            if part.uitleg:
                melding.store()
