"""Every act of a medewerker leaves its line in the spoor: new actions join by themselves."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone

from basis import origin
from basis.fotos import Vlak, prepare
from basis.models import Spoorregel
from basis.origin import Origin
from basis.termijnen import add_working_days
from berichten import actions as berichten
from berichten.models import Bericht, Status
from gebieden import actions as gebieden
from gebieden.register import BUURTEN_FILE, read_indeling, read_register
from gebieden.rules import Rol
from gebruikers import actions as gebruikers
from gebruikers.models import Gebruiker
from gebruikers.rules import Handeling
from initiatieven import actions as initiatieven
from initiatieven.models import Initiatief
from meldingen import actions as meldingen
from meldingen.actions import Plaats
from meldingen.models import Melding, Routeregel
from meldingen.rules import Kanaal
from tests.factories import (
    JPEG,
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    DeeltaakFactory,
    FotoFactory,
    GebiedFactory,
    GebruikerFactory,
    GroepFactory,
    InitiatiefFactory,
    KoppelingFactory,
    MeldingFactory,
    NotitieFactory,
    OrganisatieFactory,
    OverdrachtFactory,
    TeamlidFactory,
    TekstblokFactory,
    WijkFactory,
    ZoekopdrachtFactory,
)

ROOT = Path(__file__).resolve().parent.parent

#: Actions that leave no line, each with the reason: nobody of the staff does it.
NOT_BY_STAFF = {
    "alkmaar_portal.voorbeelddata.load": "example data, in the embedded portal alone",
    "alkmaar_portal.voorbeelddata.plan_reports": "writes nothing",
    "alkmaar_portal.voorbeelddata.write_ideeen": "example data, in the embedded portal alone",
    "berichten.abonnement_link": "writes nothing",
    "berichten.claim_batch": "the worker",
    "berichten.confirm_follow": "whoever reads a mail",
    "berichten.empty_ended": "the worker",
    "berichten.end_follows": "the worker",
    "berichten.end_follow": "whoever reads a mail, or follows something",
    "berichten.follow": "a visitor",
    "berichten.purge_unconfirmed_follows": "the worker",
    "berichten.take_back": "a resident, in an action of the floor above",
    "berichten.send_batch": "the worker",
    "gebruikers.change_naam": "a resident; a medewerker may not",
    "gebruikers.confirm_email": "whoever reads a mail",
    "gebruikers.ensure_bewoner": "a resident",
    "gebruikers.ensure_example_account": "example data, in the embedded portal alone",
    "gebruikers.explain_no_code": "whoever asks for a code",
    "gebruikers.password_link": "writes nothing",
    "gebruikers.purge_sessions": "the worker",
    "gebruikers.purge_unconfirmed": "the worker",
    "initiatieven.announce_waiting": "the worker",
    "initiatieven.drop_kept_fotos": "a resident",
    "initiatieven.edit_concept": "a resident",
    "initiatieven.keep_foto": "a resident",
    "initiatieven.offer": "a resident",
    "initiatieven.purge_orphan_fotos": "the worker",
    "initiatieven.purge_unsent_fotos": "the worker",
    "initiatieven.save_concept": "a resident",
    "initiatieven.withdraw": "a resident",
    "meldingen.add_aanvulling": "a resident, through another system",
    "meldingen.ask_about_overdracht": "an organisation, by its link",
    "meldingen.finish_overdracht": "an organisation, by its link",
    "meldingen.remind_organisaties": "the worker",
    "meldingen.return_overdracht": "an organisation, by its link",
    "meldingen.take_overdracht": "an organisation, by its link",
    "meldingen.change_contact": "a resident",
    "meldingen.confirm_new_email": "whoever reads a mail",
    "meldingen.erase": "a resident",
    "meldingen.refuse_new_email": "whoever reads a mail",
    "meldingen.deliver_melding": "a resident, through another system",
    "meldingen.announce_overdue": "the worker",
    "meldingen.answer_question": "a resident",
    "meldingen.drop_kept_fotos": "a resident",
    "meldingen.end_follows_of_finished": "the worker",
    "meldingen.ensure_example_koppeling": "example data, in the embedded portal alone",
    "meldingen.judge_solved": "a resident",
    "meldingen.keep_foto": "a resident",
    "meldingen.note_use": "another system",
    "meldingen.purge_bewaard": "the worker, which leaves a report",
    "meldingen.purge_orphan_fotos": "the worker",
    "meldingen.purge_unsent_fotos": "the worker",
    "meldingen.remind_reporters": "the worker",
    "meldingen.run_each": "does each through an action that leaves its own line",
    "meldingen.send_melding": "a resident",
}
#: Actions that may end before their line is written, because then they did nothing.
MAY_END_BEFORE = {"gebieden.move_teamlid"}


def action_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every public function of an `actions` module or package by its name, such as `meldingen.change_status`."""
    for app in settings.OWN_APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "actions" not in parts:
                continue
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield ".".join([*parts[: parts.index("actions")], node.name]), node


def exported() -> set[str]:
    """The functions that actions packages hand out; what they keep to themselves is a part of those."""
    names = set()
    for app in settings.OWN_APPS:
        for path in (ROOT / app).rglob("actions/__init__.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ImportFrom):
                    names |= {f"{path.relative_to(ROOT).parts[0]}.{alias.name}" for alias in node.names}
    return names


def parameters(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}


def what_is_missing(function: ast.FunctionDef, may_end_before: bool = False) -> str | None:
    """Why it is not certain that this action and its line go together; None when it is."""
    if "transaction.atomic" not in map(ast.unparse, function.decorator_list):
        return "is not one transaction"
    for statement in function.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "spoor.record":
            by = next((ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "by"), "")
            expected = {"by"} if "by" in parameters(function) else {"gebruiker", "None"}
            return None if by in expected else f"records another than who did it: {by}"
        if not may_end_before and any(isinstance(node, ast.Return) for node in ast.walk(statement)):
            return "may end without a line"
    return "leaves no line"


ACTIONS = dict(action_functions())


def test_every_action_leaves_a_line_or_is_not_done_by_staff() -> None:
    public = {name for name in ACTIONS if name in exported() or not (ROOT / name.split(".")[0] / "actions").is_dir()}
    by_somebody = {name for name, function in ACTIONS.items() if "by" in parameters(function)}
    recorded = (public | by_somebody) - NOT_BY_STAFF.keys()
    missing = {name: what_is_missing(ACTIONS[name], name in MAY_END_BEFORE) for name in sorted(recorded)}
    assert {name: reason for name, reason in missing.items() if reason} == {}
    assert sorted(NOT_BY_STAFF.keys() - public) == [], "these are gone: take them off the list"
    assert sorted(NOT_BY_STAFF.keys() & by_somebody) == [], "somebody does this: it leaves a line"
    assert recorded == DEEDS.keys(), "show below what each action leaves in the spoor"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("@transaction.atomic\ndef act(*, by):\n    row.save()\n    spoor.record(X, by=by)\n    return row", None),
        ("@transaction.atomic\ndef act(*, by):\n    row.save()", "leaves no line"),
        ("def act(*, by):\n    row.save()\n    spoor.record(X, by=by)", "is not one transaction"),
        ("@transaction.atomic\ndef act(*, by):\n    if row:\n        spoor.record(X, by=by)", "leaves no line"),
        (
            "@transaction.atomic\ndef act(*, by):\n    if row.done:\n        return\n    spoor.record(X, by=by)",
            "may end without a line",
        ),
        (
            "@transaction.atomic\ndef act(*, by):\n    spoor.record(X, by=None)",
            "records another than who did it: None",
        ),
        ("@transaction.atomic\ndef act():\n    spoor.record(X, by=None)", None),
    ],
)
def test_what_counts_as_leaving_a_line(code: str, problem: str | None) -> None:
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert what_is_missing(function) == problem


# --- Each of them, done. ---------------------------------------------------------------------------------------

#: What an act is about, and the act itself; made for whoever does it.
Deed = Callable[[Gebruiker], tuple[Model | None, Callable[[], Any]]]


def own_melding(by: Gebruiker, **fields: Any) -> Melding:
    return MeldingFactory(
        afdeling=BehandelaarFactory(gebruiker=by).afdeling, naam="Mien Melder", email="mien@voorbeeld.example", **fields
    )


def change_status(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.change_status(
        melding_id=melding.pk, versie=1, status="opgelost", by=by, toelichting="Mien Melder had gelijk."
    )


def change_promise(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    date = add_working_days(timezone.localdate(), 10)
    return melding, lambda: meldingen.change_promise(
        melding_id=melding.pk, versie=1, beloofd_op=date, by=by, toelichting="Mien Melder had gelijk."
    )


def change_categorie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding, categorie = own_melding(by), CategorieFactory()
    return melding, lambda: meldingen.change_categorie(
        melding_id=melding.pk, versie=1, categorie=categorie, by=by, toelichting="Mien Melder had gelijk."
    )


def change_afdeling(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding, afdeling = own_melding(by), AfdelingFactory()
    return melding, lambda: meldingen.change_afdeling(
        melding_id=melding.pk, versie=1, afdeling=afdeling, by=by, toelichting="Mien Melder had gelijk."
    )


def hand_over(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding, organisatie = own_melding(by), OrganisatieFactory()
    return melding, lambda: meldingen.hand_over(
        melding_id=melding.pk,
        versie=1,
        by=by,
        organisatie=organisatie,
        vraag="Mien Melder belde.",
        toelichting="Mien Melder had gelijk.",
        deelt_contact=True,
    )


def repeat_link(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by, status="doorgezet")
    OverdrachtFactory(melding=melding)
    return melding, lambda: meldingen.repeat_link(melding_id=melding.pk, versie=1, by=by)


def answer_navraag(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by, status="doorgezet")
    OverdrachtFactory(melding=melding).navragen.create(tekst="Van Mien?")
    return melding, lambda: meldingen.answer_navraag(melding_id=melding.pk, versie=1, by=by, tekst="Van Mien Melder.")


def decide_tekst(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.decide_tekst(melding_id=melding.pk, versie=1, besluit="openbaar", by=by)


def decide_foto(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    foto = FotoFactory(melding=melding, stored=True)
    return melding, lambda: meldingen.decide_foto(
        melding_id=melding.pk, versie=1, foto_uuid=foto.uuid, besluit="openbaar", by=by
    )


def note_contact_seen(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.note_contact_seen(melding=melding, by=by)


def save_routeregel(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    afdeling = BehandelaarFactory().afdeling
    routeregel = Routeregel.objects.create(categorie=CategorieFactory(), afdeling=afdeling)
    routeregel.woorden = "mien"
    return routeregel, lambda: meldingen.save_routeregel(routeregel=routeregel, by=by)


def remove_routeregel(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    routeregel = Routeregel.objects.create(categorie=CategorieFactory(), afdeling=AfdelingFactory())
    return routeregel, lambda: meldingen.remove_routeregel(routeregel=routeregel, by=by)


def black_out_tekst(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    words = melding.omschrijving.split()[:2]
    return melding, lambda: meldingen.black_out_tekst(melding_id=melding.pk, versie=1, tekst=" ".join(words), by=by)


def black_out_foto(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    foto = FotoFactory(melding=melding, stored=True)
    return melding, lambda: meldingen.black_out_foto(
        melding_id=melding.pk, versie=1, foto_uuid=foto.uuid, vlakken=[Vlak(10, 10, 20, 20)], by=by
    )


def add_notitie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.add_notitie(melding_id=melding.pk, tekst="Anders dan Mien zegt.", by=by)


def correct_notitie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    notitie = NotitieFactory(melding=melding, door=by)
    return melding, lambda: meldingen.correct_notitie(
        melding_id=melding.pk, notitie_id=notitie.pk, tekst="Anders.", by=by
    )


def remove_notitie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    notitie = NotitieFactory(melding=melding, door=by)
    return melding, lambda: meldingen.remove_notitie(melding_id=melding.pk, notitie_id=notitie.pk, by=by)


def ask_deeltaak(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding, other, day = own_melding(by), AfdelingFactory(), add_working_days(timezone.localdate(), 3)
    return melding, lambda: meldingen.ask_deeltaak(
        melding_id=melding.pk, versie=1, afdeling=other, wat="Anders.", gereed_voor=day, by=by
    )


def finish_deeltaak(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    deeltaak = DeeltaakFactory(afdeling=BehandelaarFactory(gebruiker=by).afdeling)
    melding = deeltaak.melding
    return melding, lambda: meldingen.finish_deeltaak(
        melding_id=melding.pk, deeltaak_id=deeltaak.pk, versie=1, uitleg="Anders.", by=by
    )


def withdraw_deeltaak(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    deeltaak = DeeltaakFactory(melding=own_melding(by))
    melding = deeltaak.melding
    return melding, lambda: meldingen.withdraw_deeltaak(
        melding_id=melding.pk, deeltaak_id=deeltaak.pk, versie=1, uitleg="Anders.", by=by
    )


def enter_melding(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    categorie, wijk = CategorieFactory(afdeling=BehandelaarFactory(gebruiker=by).afdeling), WijkFactory()
    return None, lambda: meldingen.enter_melding(
        inzending=uuid4(),
        categorie=categorie,
        plaats=Plaats(wijk=wijk, plek="Anders"),
        omschrijving="Mien belde over de lamp.",
        naam="Mien",
        kanaal=Kanaal.TELEFOON,
        by=by,
    )


def save_tekstblok(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    tekstblok = TekstblokFactory()
    tekstblok.tekst = "Anders."
    return tekstblok, lambda: meldingen.save_tekstblok(tekstblok=tekstblok, by=by)


def remove_tekstblok(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    tekstblok = TekstblokFactory()
    return tekstblok, lambda: meldingen.remove_tekstblok(tekstblok=tekstblok, by=by)


def load_categorieen(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    return None, lambda: meldingen.load_categorieen({"afdelingen": {"groen": "Groen"}, "groepen": []})


def save_groep(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    groep = GroepFactory()
    groep.naam = "Anders"
    return groep, lambda: meldingen.save_groep(groep=groep, by=by)


def remove_groep(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    groep = GroepFactory()
    return groep, lambda: meldingen.remove_groep(groep=groep, by=by)


def save_categorie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    categorie = CategorieFactory()
    categorie.naam = "Anders"
    return categorie, lambda: meldingen.save_categorie(categorie=categorie, by=by)


def appoint_behandelaar(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker, afdeling = GebruikerFactory(medewerker=True), AfdelingFactory()
    return gebruiker, lambda: meldingen.appoint_behandelaar(gebruiker=gebruiker, afdeling=afdeling, by=by)


def dismiss_behandelaar(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    behandelaar = BehandelaarFactory()
    return behandelaar.gebruiker, lambda: meldingen.dismiss_behandelaar(behandelaar=behandelaar, by=by)


def add_koppeling(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    koppeling = KoppelingFactory.build()
    return None, lambda: meldingen.add_koppeling(koppeling=koppeling, by=by)


def change_koppeling(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    koppeling = KoppelingFactory()
    koppeling.naam = "Anders"
    return koppeling, lambda: meldingen.change_koppeling(koppeling=koppeling, by=by)


def renew_sleutel(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    koppeling = KoppelingFactory()
    return koppeling, lambda: meldingen.renew_sleutel(koppeling=koppeling, by=by)


def revoke_sleutel(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    koppeling = KoppelingFactory()
    return koppeling, lambda: meldingen.revoke_sleutel(koppeling=koppeling, by=by)


def assign(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.assign(melding_id=melding.pk, versie=1, behandelaar=by, by=by)


def set_prioriteit(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    melding = own_melding(by)
    return melding, lambda: meldingen.set_prioriteit(melding_id=melding.pk, versie=1, prioriteit=1, by=by)


def note_export(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    BehandelaarFactory(gebruiker=by)
    return None, lambda: meldingen.note_export(aantal=3, by=by)


def save_zoekopdracht(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    BehandelaarFactory(gebruiker=by)
    return None, lambda: meldingen.save_zoekopdracht(naam="Mien Melder", query="q=Mien", by=by)


def rename_zoekopdracht(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    kept = ZoekopdrachtFactory(gebruiker=by)
    return kept, lambda: meldingen.rename_zoekopdracht(zoekopdracht_id=kept.pk, naam="Mien Melder", by=by)


def remove_zoekopdracht(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    kept = ZoekopdrachtFactory(gebruiker=by)
    return kept, lambda: meldingen.remove_zoekopdracht(zoekopdracht_id=kept.pk, by=by)


def import_gebieden(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    register = read_register(BUURTEN_FILE, read_indeling())
    return None, lambda: gebieden.import_gebieden(register)


def update_inleiding(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    wijk = WijkFactory()
    return wijk, lambda: gebieden.update_inleiding(area=wijk, inleiding="Anders.", versie=0, by=by)


CONTACT = {"rol": Rol.WIJKAGENT, "naam": "An", "email": "an@voorbeeld.example", "telefoon": "14 072", "bereikbaar": ""}


def add_teamlid(by: Gebruiker) -> tuple[None, Callable[[], Any]]:
    gebied = GebiedFactory()
    return None, lambda: gebieden.add_teamlid(gebied=gebied, by=by, **CONTACT)


def update_teamlid(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    teamlid = TeamlidFactory()
    return teamlid, lambda: gebieden.update_teamlid(teamlid=teamlid, versie=0, by=by, **CONTACT)


def link_account(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    teamlid, gebruiker = TeamlidFactory(), GebruikerFactory(medewerker=True)
    return teamlid, lambda: gebieden.link_account(teamlid=teamlid, gebruiker=gebruiker, by=by)


def remove_teamlid(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    teamlid = TeamlidFactory()
    return teamlid, lambda: gebieden.remove_teamlid(teamlid=teamlid, by=by)


def move_teamlid(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    first = TeamlidFactory()
    second = TeamlidFactory(gebied=first.gebied)
    return second, lambda: gebieden.move_teamlid(teamlid=second, up=True, by=by)


def save_organisatie(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    organisatie = OrganisatieFactory()
    organisatie.naam = "Anders"
    return organisatie, lambda: gebieden.save_organisatie(organisatie=organisatie, by=by)


def choose_password(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    return by, lambda: gebruikers.choose_password(gebruiker=by, password="een heel ander wachtwoord")


def note(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    return by, lambda: gebruikers.note(Handeling.INGELOGD, by=by, about=by)


def invite_medewerker(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker = GebruikerFactory()
    return gebruiker, lambda: gebruikers.invite_medewerker(
        email=gebruiker.email, naam="Nieuw", is_beheerder=False, by=by
    )


def repeat_invitation(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker = GebruikerFactory(medewerker=True, password=None)
    return gebruiker, lambda: gebruikers.repeat_invitation(gebruiker_id=gebruiker.pk, by=by)


def change_gebruiker(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker = GebruikerFactory()
    return gebruiker, lambda: gebruikers.change_gebruiker(
        gebruiker_id=gebruiker.pk, naam="Anders", is_active=False, is_beheerder=False, by=by
    )


def reset_second_factor(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker = GebruikerFactory(medewerker=True)
    return gebruiker, lambda: gebruikers.reset_second_factor(gebruiker_id=gebruiker.pk, by=by)


def appoint_beheerder(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    gebruiker = GebruikerFactory()
    return gebruiker, lambda: gebruikers.appoint_beheerder(email=gebruiker.email)


def save_afdeling(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    afdeling = AfdelingFactory()
    afdeling.naam = "Anders"
    return afdeling, lambda: gebruikers.save_afdeling(afdeling=afdeling, by=by)


def retry(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    bericht = Bericht.objects.create(
        key="a", to="mien@voorbeeld.example", template="proef", context={}, status=Status.MISLUKT
    )
    return bericht, lambda: berichten.retry(bericht_id=bericht.pk, by=by)


def own_idea(by: Gebruiker) -> Initiatief:
    return InitiatiefFactory(
        wijk=WijkFactory(gebied=TeamlidFactory(gebruiker=by).gebied),
        status="aangeboden",
        naam="Mien Maker",
        email="mien@voorbeeld.example",
    )


def publish(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    idea = own_idea(by)
    return idea, lambda: initiatieven.publish(initiatief_id=idea.pk, versie=1, by=by, toelichting="Mien, mooi!")


def send_back(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    idea = own_idea(by)
    return idea, lambda: initiatieven.send_back(initiatief_id=idea.pk, versie=1, by=by, toelichting="Mien, meer!")


def decide_foto_of_idea(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    idea = own_idea(by)
    foto = initiatieven.keep_foto(inzending=idea.inzending, prepared=prepare(ContentFile(JPEG)), initiatief=idea)
    return idea, lambda: initiatieven.decide_foto(
        initiatief_id=idea.pk, versie=1, foto_uuid=foto.uuid, besluit="openbaar", by=by
    )


def note_maker_seen(by: Gebruiker) -> tuple[Model, Callable[[], Any]]:
    idea = own_idea(by)
    return idea, lambda: initiatieven.note_contact_seen(initiatief=idea, by=by)


#: Every action that leaves a line: what it leaves, and how it is done.
DEEDS: dict[str, tuple[str, Deed]] = {
    "berichten.retry": ("bericht.opnieuw_gestuurd", retry),
    "gebieden.add_teamlid": ("teamlid.toegevoegd", add_teamlid),
    "gebieden.import_gebieden": ("gebied.ingelezen", import_gebieden),
    "gebieden.link_account": ("teamlid.account_gekoppeld", link_account),
    "gebieden.move_teamlid": ("teamlid.verplaatst", move_teamlid),
    "gebieden.remove_teamlid": ("teamlid.verwijderd", remove_teamlid),
    "gebieden.save_organisatie": ("organisatie.bewaard", save_organisatie),
    "gebieden.update_inleiding": ("gebied.inleiding_gewijzigd", update_inleiding),
    "gebieden.update_teamlid": ("teamlid.gewijzigd", update_teamlid),
    "gebruikers.appoint_beheerder": ("gebruiker.beheerder_gemaakt", appoint_beheerder),
    "gebruikers.change_gebruiker": ("gebruiker.gewijzigd", change_gebruiker),
    "gebruikers.choose_password": ("gebruiker.wachtwoord_gekozen", choose_password),
    "gebruikers.invite_medewerker": ("gebruiker.uitgenodigd", invite_medewerker),
    "gebruikers.note": ("gebruiker.ingelogd", note),
    "gebruikers.repeat_invitation": ("gebruiker.uitnodiging_herhaald", repeat_invitation),
    "gebruikers.reset_second_factor": ("gebruiker.tweede_factor_gereset", reset_second_factor),
    "gebruikers.save_afdeling": ("afdeling.bewaard", save_afdeling),
    "meldingen.add_notitie": ("notitie.geschreven", add_notitie),
    "meldingen.ask_deeltaak": ("deeltaak.gevraagd", ask_deeltaak),
    "meldingen.black_out_foto": ("melding.foto_gelakt", black_out_foto),
    "meldingen.black_out_tekst": ("melding.omschrijving_gelakt", black_out_tekst),
    "meldingen.correct_notitie": ("notitie.verbeterd", correct_notitie),
    "meldingen.enter_melding": ("melding.ingevoerd", enter_melding),
    "meldingen.finish_deeltaak": ("deeltaak.gereed", finish_deeltaak),
    "meldingen.remove_notitie": ("notitie.verwijderd", remove_notitie),
    "meldingen.remove_tekstblok": ("tekstblok.verwijderd", remove_tekstblok),
    "meldingen.save_tekstblok": ("tekstblok.bewaard", save_tekstblok),
    "meldingen.withdraw_deeltaak": ("deeltaak.ingetrokken", withdraw_deeltaak),
    "initiatieven.decide_foto": ("initiatief.foto_beoordeeld", decide_foto_of_idea),
    "initiatieven.note_contact_seen": ("initiatief.contact_bekeken", note_maker_seen),
    "initiatieven.publish": ("initiatief.geplaatst", publish),
    "initiatieven.send_back": ("initiatief.teruggegeven", send_back),
    "meldingen.add_koppeling": ("koppeling.sleutel_gemaakt", add_koppeling),
    "meldingen.answer_navraag": ("melding.navraag_beantwoord", answer_navraag),
    "meldingen.appoint_behandelaar": ("behandelaar.benoemd", appoint_behandelaar),
    "meldingen.assign": ("melding.toegewezen", assign),
    "meldingen.change_afdeling": ("melding.overgedragen", change_afdeling),
    "meldingen.change_categorie": ("melding.categorie_gewijzigd", change_categorie),
    "meldingen.change_koppeling": ("koppeling.bewaard", change_koppeling),
    "meldingen.change_promise": ("melding.belofte_gewijzigd", change_promise),
    "meldingen.change_status": ("melding.status_gewijzigd", change_status),
    "meldingen.decide_foto": ("melding.foto_beoordeeld", decide_foto),
    "meldingen.decide_tekst": ("melding.omschrijving_beoordeeld", decide_tekst),
    "meldingen.dismiss_behandelaar": ("behandelaar.ontslagen", dismiss_behandelaar),
    "meldingen.hand_over": ("melding.doorgezet", hand_over),
    "meldingen.load_categorieen": ("categorie.geladen", load_categorieen),
    "meldingen.note_contact_seen": ("melding.contact_bekeken", note_contact_seen),
    "meldingen.note_export": ("melding.lijst_geexporteerd", note_export),
    "meldingen.remove_routeregel": ("routeregel.verwijderd", remove_routeregel),
    "meldingen.save_routeregel": ("routeregel.bewaard", save_routeregel),
    "meldingen.remove_groep": ("groep.verwijderd", remove_groep),
    "meldingen.repeat_link": ("melding.link_herhaald", repeat_link),
    "meldingen.remove_zoekopdracht": ("zoekopdracht.verwijderd", remove_zoekopdracht),
    "meldingen.rename_zoekopdracht": ("zoekopdracht.bewaard", rename_zoekopdracht),
    "meldingen.renew_sleutel": ("koppeling.sleutel_gemaakt", renew_sleutel),
    "meldingen.revoke_sleutel": ("koppeling.sleutel_ingetrokken", revoke_sleutel),
    "meldingen.save_categorie": ("categorie.bewaard", save_categorie),
    "meldingen.save_groep": ("groep.bewaard", save_groep),
    "meldingen.save_zoekopdracht": ("zoekopdracht.bewaard", save_zoekopdracht),
    "meldingen.set_prioriteit": ("melding.prioriteit_gewijzigd", set_prioriteit),
}
#: Done on the server itself, by nobody who is signed in.
FROM_SERVER = {"gebieden.import_gebieden", "gebruikers.appoint_beheerder", "meldingen.load_categorieen"}


@pytest.fixture
def beheerder(db: None) -> Gebruiker:
    return GebruikerFactory(beheerder=True, naam="Bea Beheer", email="bea@voorbeeld.example")


@pytest.mark.parametrize("name", DEEDS)
def test_an_act_leaves_one_line(name: str, beheerder: Gebruiker) -> None:
    handeling, deed = DEEDS[name]
    about, act = deed(beheerder)
    number = "" if about is None else str(getattr(about, "nummer", about.pk))
    with origin.serving(Origin("203.0.113.7", "request-of-the-test")):
        act()
    line = Spoorregel.objects.get()
    assert line.handeling == handeling
    assert line.door_id == (None if name in FROM_SERVER else beheerder.pk)
    assert (line.address, line.request_id) == ("203.0.113.7", "request-of-the-test")
    if about is not None:
        assert (line.about_kind, line.about_number) == (about._meta.model_name, number)
    written = str([getattr(line, field.attname) for field in Spoorregel._meta.concrete_fields])
    assert not [text for text in ("@", "Mien", "Bea", "Persoon", "Anders") if text in written]


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of the portal and of the second factors."""
    models = [model for app in [*settings.OWN_APPS, "mfa"] for model in apps.get_app_config(app).get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


class NoRoom(Exception):
    """The line cannot be written."""


@pytest.mark.parametrize("name", DEEDS)
def test_no_change_without_its_line(name: str, beheerder: Gebruiker, monkeypatch: pytest.MonkeyPatch) -> None:
    _about, act = DEEDS[name][1](beheerder)
    before = everything()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise NoRoom

    monkeypatch.setattr(Spoorregel, "save", fail)
    with pytest.raises(NoRoom):
        act()
    assert everything() == before
