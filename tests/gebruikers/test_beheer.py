"""Beheerders manage accounts and afdelingen at /beheer/."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from basis.regels import RuleViolation
from gebruikers import actions
from gebruikers.models import Afdeling, Gebruiker
from tests.gebruikers.conftest import Mail, Medewerker

pytestmark = pytest.mark.django_db

LIST = "/beheer/gebruikers/gebruiker/"
NEW = "vier losse woorden hier"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def page_of(gebruiker: Gebruiker) -> str:
    return f"{LIST}{gebruiker.pk}/change/"


@pytest.fixture
def bea(beheerder: Medewerker, client: Client) -> Gebruiker:
    """A beheerder who is signed in."""
    beheerder.sign_in(client)
    return beheerder.gebruiker


def test_only_beheerders_enter(medewerker: Callable[..., Medewerker], client: Client) -> None:
    assert client.get("/beheer/").headers["Location"] == "/beheer/login/?next=/beheer/"
    response = client.get("/beheer/login/?next=/beheer/")
    assert response.headers["Location"] == "/inloggen/medewerkers/?next=/beheer/"
    medewerker().sign_in(client)
    assert client.get("/beheer/").status_code == 403
    assert client.get(LIST).status_code == 403
    resident = Client()
    resident.force_login(actions.ensure_bewoner(email="wil@bewoner.example"))
    assert resident.get("/beheer/").status_code == 403


def test_doors_of_djangos_own_admin_lead_to_the_portal(bea: Gebruiker, client: Client) -> None:
    response = client.get("/beheer/login/", follow=True)
    assert response.redirect_chain == [("/inloggen/medewerkers/?next=/beheer/", 302), ("/beheer/", 302)]
    assert client.get("/beheer/password_change/").headers["Location"] == "/account/wachtwoord/"
    assert client.post("/beheer/logout/").headers["Location"] == "/"
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_accounts_are_found_by_name_and_address(bea: Gebruiker, client: Client) -> None:
    actions.ensure_bewoner(email="wil@bewoner.example")
    assert "wil@bewoner.example" in text_of(client.get(LIST))
    assert "wil@bewoner.example" in text_of(client.get(LIST, {"q": "wil@"}))
    assert "wil@bewoner.example" not in text_of(client.get(LIST, {"q": "Bea"}))


def test_invitation_lets_a_medewerker_choose_a_password(
    bea: Gebruiker, client: Client, outbox: Callable[[], list[Mail]], settings: Any
) -> None:
    response = client.post(f"{LIST}add/", {"email": "Piet@Alkmaar.example", "naam": "Piet"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    piet = Gebruiker.objects.get(email="piet@alkmaar.example")
    assert (piet.is_medewerker, piet.is_beheerder, piet.has_usable_password()) == (True, False, False)
    (mail,) = outbox()
    assert (mail.template, mail.to, mail.context["naam"], mail.context["dagen"]) == (
        "uitnodiging",
        "piet@alkmaar.example",
        "Piet",
        3,
    )
    newcomer = Client()
    clean = newcomer.get(mail.context["link"].removeprefix(settings.PORTAL_URL)).headers["Location"]
    newcomer.post(clean, {"password1": NEW, "password2": NEW})
    response = newcomer.post("/inloggen/medewerkers/", {"login": "piet@alkmaar.example", "password": NEW}, follow=True)
    assert "Stel uw tweede factor in" in text_of(response)


def test_no_password_is_shown_or_asked(bea: Gebruiker, client: Client) -> None:
    for path in [f"{LIST}add/", page_of(bea)]:
        page = text_of(client.get(path))
        assert "password" not in page.replace("password_change", "")
        assert bea.password not in page


def test_resident_who_is_invited_becomes_a_medewerker_and_is_signed_out(
    bea: Gebruiker, client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    at_home = Client()
    at_home.force_login(wil)
    client.post(f"{LIST}add/", {"email": "wil@bewoner.example", "naam": "Wil", "is_beheerder": "on"})
    assert get_user(at_home).is_anonymous  # type: ignore[arg-type]
    wil.refresh_from_db()
    assert (wil.is_medewerker, wil.is_beheerder, wil.naam) == (True, True, "Wil")
    assert outbox()[-1].template == "uitnodiging"


def test_inviting_a_medewerker_twice_is_told(bea: Gebruiker, client: Client, outbox: Callable[[], list[Mail]]) -> None:
    response = client.post(f"{LIST}add/", {"email": "BEA@alkmaar.example", "naam": "Bea"})
    assert "Er is al een medewerker met dit e-mailadres." in text_of(response)
    assert outbox() == []


@pytest.mark.parametrize("data", [{}, {"email": "geen adres", "naam": "x"}, {"email": "x@alkmaar.example"}])
def test_incomplete_invitation_is_told(data: dict[str, str], bea: Gebruiker, client: Client) -> None:
    assert client.post(f"{LIST}add/", data).status_code == 422
    assert Gebruiker.objects.count() == 1


def test_switching_off_closes_open_sessions(
    bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker]
) -> None:
    marja = medewerker()
    at_work = Client()
    marja.sign_in(at_work)
    client.post(page_of(marja.gebruiker), {"naam": "Marja de Wit"})
    marja.gebruiker.refresh_from_db()
    assert (marja.gebruiker.naam, marja.gebruiker.is_active) == ("Marja de Wit", False)
    assert get_user(at_work).is_anonymous  # type: ignore[arg-type]


def test_making_a_beheerder(bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker]) -> None:
    marja = medewerker()
    client.post(page_of(marja.gebruiker), {"naam": "Marja", "is_active": "on", "is_beheerder": "on"})
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.is_beheerder


def test_resident_does_not_become_beheerder(bea: Gebruiker, client: Client) -> None:
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    response = client.post(page_of(wil), {"naam": "Wil", "is_active": "on", "is_beheerder": "on"})
    assert "Alleen een medewerker kan beheerder worden." in text_of(response)
    with pytest.raises(RuleViolation):
        actions.change_gebruiker(gebruiker_id=wil.pk, naam="Wil", is_active=True, is_beheerder=True, by=bea)


def test_address_and_kind_cannot_be_changed(bea: Gebruiker, client: Client) -> None:
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    client.post(page_of(wil), {"naam": "W", "is_active": "on", "email": "x@y.example", "is_medewerker": "on"})
    wil.refresh_from_db()
    assert (wil.naam, wil.email, wil.is_medewerker) == ("W", "wil@bewoner.example", False)


@pytest.mark.parametrize(("is_active", "is_beheerder"), [(False, True), (True, False), (False, False)])
def test_the_last_beheerder_stays(
    is_active: bool, is_beheerder: bool, bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker]
) -> None:
    # One who is switched off does not count.
    medewerker("oud@alkmaar.example", is_beheerder=True, is_active=False)
    data = (
        {"naam": "Bea"} | ({"is_active": "on"} if is_active else {}) | ({"is_beheerder": "on"} if is_beheerder else {})
    )
    assert "Dit is de laatste beheerder." in text_of(client.post(page_of(bea), data))
    with pytest.raises(RuleViolation):
        actions.change_gebruiker(
            gebruiker_id=bea.pk, naam="Bea", is_active=is_active, is_beheerder=is_beheerder, by=bea
        )
    bea.refresh_from_db()
    assert (bea.is_active, bea.is_beheerder) == (True, True)


def test_a_beheerder_who_is_not_the_last_may_step_back(
    bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker]
) -> None:
    medewerker("ander@alkmaar.example", is_beheerder=True)
    client.post(page_of(bea), {"naam": "Bea", "is_active": "on"})
    bea.refresh_from_db()
    assert not bea.is_beheerder


def run(client: Client, action: str, *people: Gebruiker) -> str:
    data = {"action": action, "_selected_action": [str(gebruiker.pk) for gebruiker in people]}
    return text_of(client.post(LIST, data, follow=True))


def test_resetting_a_second_factor(
    bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker], outbox: Callable[[], list[Mail]]
) -> None:
    marja = medewerker().gebruiker
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    page = run(client, "reset_second_factor", marja, bea, wil)
    assert "Van 1 medewerker is de tweede factor gereset." in page
    assert "Uw eigen tweede factor kunt u niet resetten." in page
    assert "Alleen medewerkers hebben een tweede factor." in page
    assert list(Authenticator.objects.values_list("user", flat=True)) == [bea.pk]
    assert [(mail.template, mail.to) for mail in outbox()] == [("tweede_factor_gereset", "marja@alkmaar.example")]


def test_inviting_once_more(
    bea: Gebruiker, client: Client, medewerker: Callable[..., Medewerker], outbox: Callable[[], list[Mail]]
) -> None:
    marja = medewerker().gebruiker
    piet = actions.invite_medewerker(email="piet@alkmaar.example", naam="Piet", is_beheerder=False, by=bea)
    page = run(client, "repeat_invitation", piet, marja)
    assert "1 uitnodiging is opnieuw verstuurd." in page
    assert "Marja heeft al een wachtwoord" in page
    assert [mail.to for mail in outbox()] == ["piet@alkmaar.example"] * 2


def test_nobody_is_deleted_here(bea: Gebruiker, client: Client) -> None:
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    assert client.post(f"{LIST}{wil.pk}/delete/", {"post": "yes"}).status_code == 403
    run(client, "delete_selected", wil)
    assert Gebruiker.objects.filter(pk=wil.pk).exists()


def test_afdelingen_are_kept_and_renamed(bea: Gebruiker, client: Client) -> None:
    client.post("/beheer/gebruikers/afdeling/add/", {"naam": "Groen", "slug": "groen", "email": ""})
    afdeling = Afdeling.objects.get()
    client.post(f"/beheer/gebruikers/afdeling/{afdeling.pk}/change/", {"naam": "Bomen", "slug": "groen", "email": ""})
    afdeling.refresh_from_db()
    assert afdeling.naam == "Bomen"
    assert client.post(f"/beheer/gebruikers/afdeling/{afdeling.pk}/delete/", {"post": "yes"}).status_code == 403


def test_actions_are_for_beheerders(medewerker: Callable[..., Medewerker]) -> None:
    marja = medewerker().gebruiker
    inactive = medewerker("oud@alkmaar.example", is_beheerder=True, is_active=False).gebruiker
    for by in [marja, inactive]:
        for attempt in [
            lambda by: actions.invite_medewerker(email="x@y.example", naam="x", is_beheerder=True, by=by),
            lambda by: actions.repeat_invitation(gebruiker_id=marja.pk, by=by),
            lambda by: actions.change_gebruiker(
                gebruiker_id=marja.pk, naam="x", is_active=True, is_beheerder=True, by=by
            ),
            lambda by: actions.reset_second_factor(gebruiker_id=marja.pk, by=by),
            lambda by: actions.save_afdeling(afdeling=Afdeling(naam="x", slug="x"), by=by),
        ]:
            with pytest.raises(PermissionDenied):
                attempt(by)


def test_first_beheerder_is_made_on_the_server(client: Client, outbox: Callable[[], list[Mail]], settings: Any) -> None:
    told = StringIO()
    call_command("maak_beheerder", "Bea@Alkmaar.example", stdout=told)
    beheerder = Gebruiker.objects.get()
    assert (beheerder.email, beheerder.is_beheerder, beheerder.is_active) == ("bea@alkmaar.example", True, True)
    assert outbox() == []
    link = told.getvalue().split()[-1]
    clean = client.get(link.removeprefix(settings.PORTAL_URL)).headers["Location"]
    client.post(clean, {"password1": NEW, "password2": NEW})
    response = client.post("/inloggen/medewerkers/", {"login": "bea@alkmaar.example", "password": NEW}, follow=True)
    assert "Stel uw tweede factor in" in text_of(response)


def test_beheerder_who_is_locked_out_starts_anew(beheerder: Medewerker) -> None:
    Gebruiker.objects.update(is_active=False)
    call_command("maak_beheerder", "bea@alkmaar.example", stdout=StringIO())
    gebruiker = Gebruiker.objects.get()
    assert (gebruiker.is_active, gebruiker.has_usable_password()) == (True, False)
    assert not Authenticator.objects.exists()


def test_server_is_told_what_is_no_address() -> None:
    with pytest.raises(CommandError, match="geen e-mailadres"):
        call_command("maak_beheerder", "bea", stdout=StringIO())
