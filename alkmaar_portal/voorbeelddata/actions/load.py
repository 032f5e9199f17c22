"""Filling an empty portal. History is written as it would have gone; no mail is announced for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alkmaar_portal.voorbeelddata import details, drawings, plan, texts
from alkmaar_portal.voorbeelddata.actions.dossiers import Dossiers
from alkmaar_portal.voorbeelddata.actions.ideeen import write_ideeen
from alkmaar_portal.voorbeelddata.lives import Lives
from alkmaar_portal.voorbeelddata.report import Report, Step
from basis import fotos
from basis.fotos import PreparedFoto
from gebieden.actions import add_teamlid, link_account, save_organisatie, update_inleiding
from gebieden.models import Buurt, Gebied, Organisatie, Teamlid, Wijk
from gebieden.rules import Rol
from gebieden.tegels import cel
from gebruikers.actions import ensure_example_account
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS
from meldingen.actions import ensure_example_koppeling, save_routeregel, save_zoekopdracht
from meldingen.models import Antwoord, Behandelaar, Besluit, Categorie, Melding, Overdracht, Routeregel, Stap
from meldingen.rules import OPEN, OverdrachtStatus, Prioriteit, Status

SEED = 1573
#: After so many meldingen there is a line of progress.
BATCH = 60
#: Photos are converted by processes of their own; two of them keep two cores busy.
AT_ONCE = 2
#: Of the reporters with an address so many say that it is solved, and when.
JUDGED_ONE_IN = 2
JUDGED_AFTER = timedelta(hours=7)

#: What every example behandelaar looks for again and again.
ZOEKOPDRACHTEN = {"Met haast": "prioriteit=hoog", "Vraag gesteld": "status=wacht_op_melder&volgorde=oud"}
#: Category, words and the afdeling that gets it.
ROUTEREGELS = [
    ("gladheid", "olie, diesel, brandstof", "reiniging"),
    ("zwerfvuil", "sloot, vijver, gracht", "water-en-riolering"),
]
#: Of what is open one in so many presses, and one in so many can wait.
ONE_PRESSES, ONE_CAN_WAIT = 9, 14
#: Of what is open and was looked at, all but one in so many is somebody's.
ONE_OF_NOBODY = 5

BEWONER = next(account for account in EXAMPLE_ACCOUNTS if not account.is_medewerker)
BEHEERDER = next(account for account in EXAMPLE_ACCOUNTS if account.is_beheerder)


def load(tell: Callable[[str], None]) -> bool:
    """Fill an empty portal with example data; False, and nothing done, when there are meldingen or teams already.

    Needs the gebieden and categories. All or nothing; `tell` gets a line about each part. Raises PermissionDenied
    outside the embedded portal.
    """
    if Melding.objects.exists() or Teamlid.objects.exists():
        return False
    rng = Random(SEED)  # noqa: S311 (nothing here must be hard to guess)
    categorieen = {categorie.slug: categorie for categorie in Categorie.objects.select_related("afdeling")}
    teams = texts.read_teams()
    reports = plan_reports(categorieen.values(), teams, timezone.now(), rng)
    tell(_("foto’s tekenen"))
    # Before the transaction, which should be short.
    pictures = _pictures(reports, rng)
    with transaction.atomic():
        tell(_("accounts en Gebiedsteams"))
        ensure_example_koppeling()
        accounts = {account.email: ensure_example_account(account) for account in EXAMPLE_ACCOUNTS}
        behandelaars = _write_behandelaars(teams, accounts)
        for email in teams.behandelaars:
            for naam, query in ZOEKOPDRACHTEN.items():
                save_zoekopdracht(naam=naam, query=query, by=accounts[email])
        _write_teams(teams, accounts)
        organisaties = _write_organisaties(accounts[BEHEERDER.email])
        shared = texts.read_meldingen().shared
        archive = _Archive(categorieen, behandelaars, accounts[BEWONER.email], organisaties, shared)
        write_ideeen(accounts[BEWONER.email], Random(SEED))  # noqa: S311
        nummers = rng.sample(range(10_000_000, 100_000_000), len(reports))
        for batch in _batches(reports):
            archive.store(batch, [nummers.pop() for _report in batch])
            done, total = len(archive.stored), len(reports)
            tell(_("%(done)d van %(total)d meldingen") % {"done": done, "total": total})
        for report, besluit, prepared in pictures:
            archive.store_foto(report, besluit, prepared)
        Dossiers(behandelaars).write()
        _write_routeregels(categorieen, accounts[BEHEERDER.email])
    return True


def _batches(reports: Sequence[Report]) -> Iterator[list[Report]]:
    """`reports` in parts of BATCH, doubles after all others."""
    for part in ([one for one in reports if not one.eerste], [one for one in reports if one.eerste]):
        for start in range(0, len(part), BATCH):
            yield part[start : start + BATCH]


def plan_reports(categorieen: Collection[Categorie], teams: texts.Teams, now: datetime, rng: Random) -> list[Report]:
    """All meldingen with their lives until `now`, the oldest first; reads the buurten, writes nothing.

    The `categorieen` come with their afdeling.
    """
    words, places = texts.read_meldingen(), texts.read_places()
    terms = {categorie.slug: categorie.termijn_werkdagen for categorie in categorieen}
    hidden = frozenset(categorie.slug for categorie in categorieen if not categorie.openbaar)
    subjects = [subject for subject in words.subjects if subject.slug in terms]
    buurten = Buurt.objects.with_borders().order_by("gebiednummer")
    spots = [plan.spot_of(buurt, places.of(buurt.gebiednummer)) for buurt in buurten]
    reports = plan.drafts(spots, subjects, places.words, terms, now, rng)
    account_of = {slug: email for email, slugs in teams.behandelaars.items() for slug in slugs}
    desks = {categorie.slug: account_of.get(categorie.afdeling.slug, "") for categorie in categorieen}
    Lives(words.shared, texts.read_organisations(), desks, now, rng).tell(reports)
    reports.sort(key=lambda report: report.created_at)
    details.decide(reports, hidden, rng)
    details.add_fotos(reports, rng)
    details.add_contact(reports, BEWONER, rng)
    return reports


def _pictures(reports: Sequence[Report], rng: Random) -> list[tuple[Report, Besluit | None, PreparedFoto]]:
    """Each photo of each report, with what was decided about it; reports of the same thing share their pictures."""
    wanted = [
        (report, besluit, (report.case.drawing, place))
        for report in reports
        for place, besluit in enumerate(report.fotos)
    ]
    pictures = dict.fromkeys(picture for _report, _besluit, picture in wanted)
    drawn = [drawings.draw(drawing, rng) for drawing, _place in pictures]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        prepared = pool.map(lambda content: fotos.prepare(ContentFile(content)), drawn)
        ready = dict(zip(pictures, prepared, strict=True))
    return [(report, besluit, ready[picture]) for report, besluit, picture in wanted]


def _write_behandelaars(teams: texts.Teams, accounts: Mapping[str, Gebruiker]) -> dict[int, Gebruiker]:
    """Who handles what; gives the account for each afdeling id."""
    afdelingen = {afdeling.slug: afdeling for afdeling in Afdeling.objects.all()}
    rows = [
        Behandelaar(gebruiker=accounts[email], afdeling=afdelingen[slug])
        for email, slugs in teams.behandelaars.items()
        for slug in slugs
        if slug in afdelingen
    ]
    Behandelaar.objects.bulk_create(rows)
    return {row.afdeling_id: row.gebruiker for row in rows}


def _write_organisaties(by: Gebruiker) -> dict[str, Organisatie]:
    """The outside bodies by slug."""
    rows = {
        slug: Organisatie(slug=slug, naam=one.naam, soort=one.soort, email_meldingen=one.email, telefoon=one.telefoon)
        for slug, one in texts.read_organisations().items()
    }
    for row in rows.values():
        save_organisatie(organisatie=row, by=by)
    return rows


def _write_routeregels(categorieen: Mapping[str, Categorie], by: Gebruiker) -> None:
    """What goes to another afdeling than that of its category."""
    for categorie, woorden, afdeling in ROUTEREGELS:
        routeregel = Routeregel(
            categorie=categorieen[categorie], woorden=woorden, afdeling=Afdeling.objects.get(slug=afdeling)
        )
        save_routeregel(routeregel=routeregel, by=by)


def _write_teams(teams: texts.Teams, accounts: Mapping[str, Gebruiker]) -> None:
    """The Gebiedsteams, led by an account where there is one, and the introductions that some areas have."""
    beheerder = accounts[BEHEERDER.email]
    for gebied in Gebied.objects.current():
        leader = accounts.get(teams.accounts.get(gebied.slug, ""))
        for function in teams.functions:
            account = leader if function["rol"] == Rol.GEBIEDSREGISSEUR else None
            teamlid = add_teamlid(
                gebied=gebied,
                rol=function["rol"],
                naam=account.naam if account else "",
                email=function["email"].format(gebied=gebied.slug),
                telefoon=function["telefoon"],
                bereikbaar=function["bereikbaar"],
                by=beheerder,
            )
            link_account(teamlid=teamlid, gebruiker=account, by=beheerder)
        _introduce(gebied, teams.of_gebieden, beheerder)
    for wijk in Wijk.objects.current():
        _introduce(wijk, teams.of_wijken, beheerder)


def _introduce(area: Gebied | Wijk, introductions: Mapping[str, str], by: Gebruiker) -> None:
    """Write the introduction of `area`, if there is one."""
    if area.slug in introductions:
        update_inleiding(area=area, inleiding=introductions[area.slug].strip(), versie=area.versie, by=by)


def _prioriteit(report: Report, nummer: int) -> Prioriteit:
    """How much it presses: nothing does any more once it is done."""
    if report.status in OPEN and nummer % ONE_PRESSES == 0:
        return Prioriteit.HOOG
    return Prioriteit.LAAG if report.status in OPEN and nummer % ONE_CAN_WAIT == 0 else Prioriteit.NORMAAL


class _Archive:
    """Stores reports as meldingen with their steps and photos."""

    def __init__(
        self,
        categorieen: Mapping[str, Categorie],
        behandelaars: Mapping[int, Gebruiker],
        bewoner: Gebruiker,
        organisaties: Mapping[str, Organisatie],
        shared: texts.Shared,
    ) -> None:
        self.categorieen, self.behandelaars, self.bewoner = categorieen, behandelaars, bewoner
        self.organisaties, self.shared = organisaties, shared
        self.stored: dict[Report, Melding] = {}

    def store(self, reports: Sequence[Report], nummers: Sequence[int]) -> None:
        """Store `reports` under `nummers`; what they are a double of must be stored already."""
        batch = {report: self._melding(report, nummer) for report, nummer in zip(reports, nummers, strict=True)}
        Melding.objects.bulk_create(batch.values())
        steps = {report: list(self._steps(report, melding)) for report, melding in batch.items()}
        Stap.objects.bulk_create(step for rows in steps.values() for step in rows)
        Antwoord.objects.bulk_create(answer for report, rows in steps.items() for answer in self._answers(report, rows))
        for report, melding in batch.items():
            self._store_overdracht(report, melding)
        self.stored |= batch

    def store_foto(self, report: Report, besluit: Besluit | None, prepared: PreparedFoto) -> None:
        """Store a photo of a report, with its public copy when it was released."""
        melding = self.stored[report]
        name = fotos.store(prepared, folder="meldingen")
        if besluit == Besluit.OPENBAAR:
            fotos.release(name)
        melding.fotos.create(
            inzending=melding.inzending,
            naam=name,
            width=prepared.width,
            height=prepared.height,
            sha256=prepared.sha256,
            besluit=besluit or "",
            created_at=melding.created_at,
        )

    def _melding(self, report: Report, nummer: int) -> Melding:
        categorie = self.categorieen[report.subject.slug]
        lon, lat = report.point or (None, None)
        is_looked_at = report.status in OPEN - {Status.GEMELD} and nummer % ONE_OF_NOBODY > 0
        return Melding(
            nummer=str(nummer),
            # As many changes as there were steps and a decision.
            versie=1 + len(report.steps) + bool(report.besluit),
            categorie=categorie,
            afdeling_id=categorie.afdeling_id,
            status=report.status,
            behandelaar=self.behandelaars.get(categorie.afdeling_id) if is_looked_at else None,
            prioriteit=_prioriteit(report, nummer),
            wijk_id=report.spot.wijk_id,
            buurt_id=report.spot.buurt_id if report.point else None,
            lat=lat,
            lon=lon,
            cel=None if lat is None or lon is None else cel(lat, lon),
            straat=report.straat,
            plek=report.plek,
            omschrijving=report.omschrijving,
            tekst_besluit=report.besluit or "",
            naam=report.naam,
            email=report.email,
            telefoon=report.telefoon,
            melder=self.bewoner if report.is_bewoner else None,
            eerste=self.stored[report.eerste] if report.eerste else None,
            doorgezet_naar=self.organisaties[report.lies_with].naam if report.lies_with else "",
            created_at=report.created_at,
            beloofd_op=report.promised,
            closed_at=report.closed_at,
        )

    def _steps(self, report: Report, melding: Melding) -> Iterator[Stap]:
        """Every step of `melding`, from the moment it came in."""
        yield Stap(melding=melding, van="", naar=Status.GEMELD, at=melding.created_at)
        behandelaar = self.behandelaars.get(melding.afdeling_id)
        van = Status.GEMELD
        for step in report.steps:
            yield Stap(
                melding=melding,
                van=van,
                naar=step.naar,
                door=behandelaar if step.by_staff else None,
                namens=self.organisaties[step.organisatie] if step.by_organisatie else None,
                at=step.at,
                wijziging=self._change(step),
                toelichting=step.toelichting,
                reden=report.case.reden if step.naar == Status.NIET_OPGELOST else "",
            )
            van = step.naar

    def _change(self, step: Step) -> str:
        """What a step to or with an organisatie says besides its status."""
        if step.naar != Status.DOORGEZET:
            return ""
        if step.by_organisatie:
            return _("Aangenomen")
        return _("Naar %(naam)s.") % {"naam": self.organisaties[step.organisatie]}

    def _store_overdracht(self, report: Report, melding: Melding) -> None:
        """What lies, or lay, with an organisatie; one that took it and is not done asks something."""
        sent = next((step for step in report.steps if step.naar == Status.DOORGEZET), None)
        if sent is None:
            return
        replies = [step for step in report.steps if step.by_organisatie]
        status = [OverdrachtStatus.GESTUURD, OverdrachtStatus.AANGENOMEN, OverdrachtStatus.GEREED][len(replies)]
        overdracht = Overdracht.objects.create(
            melding=melding,
            organisatie=self.organisaties[sent.organisatie],
            status=status,
            vraag=_("Wilt u dit oplossen? Laat het ons weten als dit niet van u is."),
            deelt_omschrijving=True,
            kenmerk=f"V-{melding.nummer[-4:]}" if replies else "",
            door=self.behandelaars.get(melding.afdeling_id),
            sent_at=sent.at,
            link_at=sent.at,
            taken_at=replies[0].at if replies else None,
            ended_at=replies[1].at if len(replies) > 1 else None,
        )
        if status == OverdrachtStatus.AANGENOMEN:
            overdracht.navragen.create(tekst=_("Aan welke kant van de straat is het?"), at=replies[0].at)

    def _answers(self, report: Report, steps: Sequence[Stap]) -> Iterator[Antwoord]:
        """What the reporter answered to a question, and to whether it is solved."""
        for asked, after in zip(steps, [*steps[1:], None], strict=True):
            if after and (asked.naar, after.naar) == (Status.WACHT_OP_MELDER, Status.IN_BEHANDELING):
                yield Antwoord(stap=asked, tekst=_choice(self.shared.answer, asked), at=after.at)
            elif after and after.naar == Status.HEROPEND:
                yield Antwoord(stap=asked, opgelost=False, tekst=_choice(self.shared.not_solved, asked), at=after.at)
            elif asked.naar == Status.OPGELOST and report.email and asked.at.day % JUDGED_ONE_IN == 0:
                yield Antwoord(stap=asked, opgelost=True, at=min(asked.at + JUDGED_AFTER, timezone.now()))


def _choice(answers: Sequence[str], asked: Stap) -> str:
    """One of `answers`, the same in every portal."""
    return answers[asked.at.day % len(answers)]
