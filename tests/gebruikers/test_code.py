"""Residents sign in with a code by mail; nobody learns whose address is known."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account import app_settings
from allauth.core.internal.ratelimit import parse_rates
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gebruikers import actions
from gebruikers.models import Gebruiker
from gebruikers.views import WAIT
from tests.gebruikers.conftest import Mail, Medewerker

pytestmark = pytest.mark.django_db

ASK = "/inloggen/"
CONFIRM = "/inloggen/code/"
EXPIRED = "Deze code is verlopen of al gebruikt. Vraag een nieuwe code aan."
WRONG = "Deze code klopt niet."


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def bewoner(db: None) -> Gebruiker:
    gebruiker = actions.ensure_bewoner(email="wil@bewoner.example")
    actions.confirm_email(gebruiker_id=gebruiker.pk)
    return Gebruiker.objects.get(pk=gebruiker.pk)


def test_unknown_address_becomes_an_account_once_the_code_is_given(
    client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    response = client.post(ASK, {"email": "Nieuw@Bewoner.example"})
    assert response.headers["Location"] == CONFIRM
    (mail,) = outbox()
    assert (mail.template, mail.to) == ("inlogcode", "nieuw@bewoner.example")
    assert re.fullmatch(r"\d{4}-\d{4}", mail.context["code"])
    gebruiker = Gebruiker.objects.get(email="nieuw@bewoner.example")
    assert gebruiker.email_confirmed_at is None
    assert not gebruiker.has_usable_password()

    response = client.post(CONFIRM, {"code": mail.context["code"]})
    assert response.headers["Location"] == "/"
    gebruiker.refresh_from_db()
    assert gebruiker.email_confirmed_at is not None
    assert get_user(client) == gebruiker  # type: ignore[arg-type]


def test_known_address_keeps_its_account(bewoner: Gebruiker, ask_code: Callable[[str], str], client: Client) -> None:
    client.post(CONFIRM, {"code": ask_code(" WIL@bewoner.EXAMPLE ")})
    assert get_user(client) == bewoner  # type: ignore[arg-type]
    assert Gebruiker.objects.get().email_confirmed_at == bewoner.email_confirmed_at


@pytest.mark.parametrize("typed", ["{}", " {} ", "{} {}"])
def test_code_may_be_typed_as_it_comes(typed: str, ask_code: Callable[[str], str], client: Client) -> None:
    first, second = ask_code("wil@bewoner.example").split("-")
    code = typed.format(first, second) if typed.count("{}") == 2 else typed.format(first + second)
    assert client.post(CONFIRM, {"code": code}).headers["Location"] == "/"


def test_code_page_helps_to_fill_in(ask_code: Callable[[str], str], client: Client) -> None:
    ask_code("wil@bewoner.example")
    page = text_of(client.get(CONFIRM))
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "placeholder" not in page
    assert "wil@bewoner.example" in page


def test_session_key_changes_at_sign_in(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    before = client.session.session_key
    client.post(CONFIRM, {"code": code})
    assert client.session.session_key != before


def test_session_lasts_half_a_day(ask_code: Callable[[str], str], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        client.post(CONFIRM, {"code": ask_code("wil@bewoner.example")})
        moment.shift(12 * 60 * 60 - 1)
        assert get_user(client).is_authenticated  # type: ignore[arg-type]
        moment.shift(2)
        assert client.get("/account/").status_code == 302


def test_wrong_code_is_told_and_the_right_one_still_works(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    assert WRONG in text_of(client.post(CONFIRM, {"code": "0000-0000"}))
    assert "Vul de code van 8 cijfers in" in text_of(client.post(CONFIRM, {"code": ""}))
    assert client.post(CONFIRM, {"code": code}).headers["Location"] == "/"


def test_five_wrong_codes_end_it(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    for _attempt in range(4):
        assert WRONG in text_of(client.post(CONFIRM, {"code": "0000-0000"}))
    response = client.post(CONFIRM, {"code": "0000-0000"}, follow=True)
    assert response.redirect_chain == [(ASK, 302)]
    assert "U heeft 5 keer een verkeerde code ingevuld. Vraag een nieuwe code aan." in text_of(response)
    response = client.post(CONFIRM, {"code": code}, follow=True)
    assert EXPIRED in text_of(response)
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_old_code_is_told(ask_code: Callable[[str], str], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        code = ask_code("wil@bewoner.example")
        moment.shift(15 * 60 + 1)
        response = client.post(f"{CONFIRM}?next=/meldingen/mijn/", {"code": code}, follow=True)
    assert response.redirect_chain == [(f"{ASK}?next=%2Fmeldingen%2Fmijn%2F", 302)]
    assert EXPIRED in text_of(response)
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_code_works_once(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    client.post(CONFIRM, {"code": code})
    client.post("/uitloggen/")
    assert EXPIRED in text_of(client.post(CONFIRM, {"code": code}, follow=True))


def test_code_page_without_a_request_leads_to_the_start(client: Client) -> None:
    response = client.get(CONFIRM, follow=True)
    assert response.redirect_chain == [(ASK, 302)]


def test_code_sent_again_replaces_the_first(
    ask_code: Callable[[str], str], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    first = ask_code("wil@bewoner.example")
    response = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "We hebben u een nieuwe code gestuurd." in text_of(response)
    second = outbox()[-1].context["code"]
    assert first != second
    assert WRONG in text_of(client.post(CONFIRM, {"code": first}))
    assert client.post(CONFIRM, {"code": second}).headers["Location"] == "/"


def test_code_is_sent_again_twice_at_most(
    ask_code: Callable[[str], str], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    ask_code("wil@bewoner.example")
    for _time in range(2):
        assert "Stuur een nieuwe code" in text_of(client.get(CONFIRM))
        client.post(CONFIRM, {"action": "resend"})
    assert "Stuur een nieuwe code" not in text_of(client.get(CONFIRM))
    client.post(CONFIRM, {"action": "resend"})
    assert len(outbox()) == 3


@pytest.mark.parametrize("email", ["wil@bewoner.example", "niemand@bewoner.example"])
def test_a_mailbox_gets_five_codes_in_a_quarter(
    email: str, bewoner: Gebruiker, client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        for _time in range(4):
            assert client.post(ASK, {"email": email}).status_code == 302
        assert client.post(CONFIRM, {"action": "resend"}).status_code == 302
        assert client.post(CONFIRM, {"action": "resend"}).status_code == 429
        response = client.post(ASK, {"email": email.upper()})
        assert response.status_code == 429
        assert "Wacht een kwartier" in text_of(response)
        assert len(outbox()) == 5
        # Others in the same house may go on, and so may this mailbox after a quarter.
        assert client.post(ASK, {"email": "buurman@bewoner.example"}).status_code == 302
        moment.shift(15 * 60 + 1)
        assert client.post(ASK, {"email": email}).status_code == 302


# The last one begins with the sign of kelvin, which in small letters is a k.
SPELLINGS = ["kees@bewoner.example", "KEES@bewoner.example", " kees@Bewoner.Example", "kEES@bewoner.EXAMPLE "]
SPELLINGS += ["Kees@bewoner.example", "\N{KELVIN SIGN}ees@bewoner.example"]


@pytest.mark.parametrize("known", [True, False])
def test_spellings_addresses_and_browsers_share_the_codes_of_a_mailbox(
    known: bool, db: None, settings: Any, outbox: Callable[[], list[Mail]]
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    if known:
        actions.confirm_email(gebruiker_id=actions.ensure_bewoner(email="kees@bewoner.example").pk)
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False):
        *answers, refused = [
            Client().post(ASK, {"email": spelling}, headers={"X-Forwarded-For": f"203.0.113.{number}"})
            for number, spelling in enumerate(SPELLINGS)
        ]
    assert [answer.status_code for answer in answers] == [302] * 5
    assert [mail.to for mail in outbox()] == ["kees@bewoner.example"] * 5
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Kunt u niet wachten? Bel 14 072." in text_of(refused)


def test_a_code_sent_again_counts_and_the_page_says_when(client: Client, outbox: Callable[[], list[Mail]]) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False):
        for _time in range(5):
            client.post(ASK, {"email": "wil@bewoner.example"})
        refused = client.post(CONFIRM, {"action": "resend"})
    assert len(outbox()) == 5
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "om 08.15 uur" in text_of(refused)
    assert "14 072" in text_of(refused)


def test_no_limit_of_sign_in_lasts_longer_than_the_answer_says() -> None:
    durations = [rate.duration for rates in app_settings.RATE_LIMITS.values() for rate in parse_rates(rates)]
    assert max(durations) == WAIT.total_seconds()


def test_the_cache_tells_nobody_who_asked(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    kept: list[str] = []
    keep = cache.set
    monkeypatch.setattr(
        cache, "set", lambda key, *rest, **more: kept.append(f"{key}{rest}") or keep(key, *rest, **more)
    )
    client.post(ASK, {"email": "wil@bewoner.example"}, headers={"X-Forwarded-For": "203.0.113.77"})
    assert len(kept) == 3
    assert not [text for text in kept if "203.0.113" in text or "wil" in text or "bewoner" in text]


def test_a_visitor_cannot_ask_for_many_mailboxes(client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False):
        statuses = [client.post(ASK, {"email": f"{n}@bewoner.example"}).status_code for n in range(11)]
    assert statuses == [302] * 10 + [429]
    assert Gebruiker.objects.count() == 10


def test_made_up_addresses_in_front_of_the_proxy_do_not_help(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False):
        statuses = [
            client.post(
                ASK, {"email": f"{n}@bewoner.example"}, headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.7"}
            ).status_code
            for n in range(11)
        ]
    assert statuses[-1] == 429


def test_medewerker_is_pointed_to_the_sign_in_of_staff(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    client.post(ASK, {"email": medewerker().gebruiker.email})
    client.post(CONFIRM, {"action": "resend"})
    (mail,) = outbox()
    assert mail == Mail("inloggen_medewerker", "marja@alkmaar.example", {})


def test_account_that_is_switched_off_gets_no_code(
    bewoner: Gebruiker, client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    Gebruiker.objects.update(is_active=False)
    client.post(ASK, {"email": bewoner.email})
    assert outbox() == [Mail("account_staat_uit", "wil@bewoner.example", {})]


def test_nobody_learns_whose_address_is_known(
    bewoner: Gebruiker, medewerker: Callable[..., Medewerker], caplog: pytest.LogCaptureFixture
) -> None:
    medewerker()
    actions.ensure_bewoner(email="uit@bewoner.example")
    Gebruiker.objects.filter(email="uit@bewoner.example").update(is_active=False)

    def journey(email: str) -> list[tuple[int, str, str]]:
        client = Client()
        answers = [
            client.post(ASK, {"email": email}),
            client.get(CONFIRM),
            client.post(CONFIRM, {"code": "0000-0000"}),
            client.post(CONFIRM, {"action": "resend"}),
            client.get(CONFIRM),
            *[client.post(CONFIRM, {"code": "0000-0000"}) for _time in range(4)],
            client.get(ASK),
        ]
        return [
            (
                answer.status_code,
                answer.headers.get("Location", ""),
                re.sub(r'value="\w{64}"', "", text_of(answer).replace(email, "…")),
            )
            for answer in answers
        ]

    unknown = journey("niemand@bewoner.example")
    assert "Nog nooit" in unknown[-1][2]
    for email in ["wil@bewoner.example", "marja@alkmaar.example", "uit@bewoner.example"]:
        assert journey(email) == unknown


def test_account_that_became_a_medewerkers_meanwhile_is_not_opened_by_code(
    ask_code: Callable[[str], str], client: Client, beheerder: Medewerker
) -> None:
    code = ask_code("wil@bewoner.example")
    actions.invite_medewerker(email="wil@bewoner.example", naam="Wil", is_beheerder=False, by=beheerder.gebruiker)
    response = client.post(CONFIRM, {"code": code}, follow=True)
    assert EXPIRED in text_of(response)
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_account_that_was_purged_meanwhile_is_told(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    Gebruiker.objects.all().delete()
    response = client.post(CONFIRM, {"code": code}, follow=True)
    assert EXPIRED in text_of(response)
    assert Gebruiker.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vul uw e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."),
        ("geen adres", "Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl."),
        (
            f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.example",
            "Dit is te lang. Schrijf hoogstens 254 tekens",
        ),
    ],
)
def test_what_is_no_address_is_told(typed: str, sentence: str, client: Client) -> None:
    response = client.post(ASK, {"email": typed})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Gebruiker.objects.count() == 0


def test_back_to_where_one_came_from(
    ask_code: Callable[[str], str], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    response = client.post(ASK, {"email": "wil@bewoner.example", "next": "/account/"})
    assert response.headers["Location"] == f"{CONFIRM}?next=%2Faccount%2F"
    page = text_of(client.get(response.headers["Location"]))
    assert 'name="next" value="/account/"' in page
    response = client.post(CONFIRM, {"code": outbox()[-1].context["code"], "next": "/account/"})
    assert response.headers["Location"] == "/account/"


def test_never_to_another_site(client: Client, outbox: Callable[[], list[Mail]]) -> None:
    client.post(ASK, {"email": "wil@bewoner.example", "next": "https://elders.example/"})
    response = client.post(CONFIRM, {"code": outbox()[-1].context["code"], "next": "https://elders.example/"})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("start", ["account_request_login_code", "account_login"])
def test_opening_a_sign_in_page_starts_anew(start: str, ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    assert client.get(reverse(start)).status_code == 200
    assert EXPIRED in text_of(client.post(CONFIRM, {"code": code}, follow=True))


def test_code_and_address_are_not_logged(
    ask_code: Callable[[str], str], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = ask_code("wil@bewoner.example")
        client.post(CONFIRM, {"code": "0000-0000"})
        client.post(CONFIRM, {"code": code})
    # Statements of the database are logged by Django in DEBUG alone, which forces them off in production.
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    assert code not in logged
    assert "wil@bewoner.example" not in logged


def test_signing_out_asks_first(ask_code: Callable[[str], str], client: Client) -> None:
    client.post(CONFIRM, {"code": ask_code("wil@bewoner.example")})
    assert "Wilt u uitloggen?" in text_of(client.get("/uitloggen/"))
    assert get_user(client).is_authenticated  # type: ignore[arg-type]
    assert client.post("/uitloggen/").headers["Location"] == "/"
    assert get_user(client).is_anonymous  # type: ignore[arg-type]
