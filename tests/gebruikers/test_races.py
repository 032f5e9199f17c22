"""Two requests at the same moment: on PostgreSQL, whose locks are what this is about."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth import get_user
from django.db import connection, transaction
from django.test import Client

from basis.regels import RuleViolation
from berichten.models import Bericht
from gebruikers import actions
from gebruikers.models import Gebruiker
from tests.factories import GebruikerFactory
from tests.gebruikers.conftest import Medewerker
from tests.locks import until_it_waits_or_is_done

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def step_back(beheerder: Gebruiker) -> None:
    actions.change_gebruiker(
        gebruiker_id=beheerder.pk, naam=beheerder.naam, is_active=True, is_beheerder=False, by=beheerder
    )


def test_two_last_beheerders_cannot_both_step_back() -> None:
    first, second = GebruikerFactory(beheerder=True), GebruikerFactory(beheerder=True)

    def other_request() -> None:
        try:
            step_back(second)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            step_back(first)
            job = threads.submit(other_request)
            until_it_waits_or_is_done(job)
        with pytest.raises(RuleViolation):
            job.result(timeout=30)
    assert list(Gebruiker.objects.beheerders()) == [second]


@pytest.mark.parametrize("known", [False, True], ids=["new address", "resident's address"])
def test_inviting_somebody_twice_at_the_same_moment_is_told(known: bool) -> None:
    first, second = GebruikerFactory(beheerder=True), GebruikerFactory(beheerder=True)
    if known:
        actions.ensure_bewoner(email="piet@alkmaar.example")

    def invite(naam: str, by: Gebruiker) -> None:
        actions.invite_medewerker(email="piet@alkmaar.example", naam=naam, is_beheerder=False, by=by)

    def other_request() -> None:
        try:
            invite("Tweede", second)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            invite("Eerste", first)
            job = threads.submit(other_request)
            until_it_waits_or_is_done(job)
        with pytest.raises(RuleViolation, match="Er is al een medewerker met dit e-mailadres"):
            job.result(timeout=30)
    assert Gebruiker.objects.get(email="piet@alkmaar.example").naam == "Eerste"
    assert Bericht.objects.filter(template="uitnodiging").count() == 1


def test_asking_for_a_code_at_the_same_moment_makes_one_account() -> None:
    def request() -> int:
        try:
            return actions.ensure_bewoner(email="wil@bewoner.example").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = {job.result(timeout=30) for job in [threads.submit(request) for _ in range(8)]}
    assert len(made) == 1
    assert Gebruiker.objects.count() == 1


def post_at_once(clients: list[Client], path: str, code: str) -> list[int]:
    """The status of the answer to each of `clients`, who give the same code together."""
    together = Barrier(len(clients))

    def post(client: Client) -> int:
        try:
            together.wait(timeout=10)
            return client.post(path, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as threads:
        return [job.result(timeout=30) for job in [threads.submit(post, client) for client in clients]]


def is_signed_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


def test_a_code_from_the_mail_given_in_two_tabs_at_once(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    statuses = post_at_once(tabs, "/inloggen/code/", code)
    # Who comes second finds the session of the first one changed.
    assert 302 in statuses and set(statuses) <= {302, 400}
    assert any(is_signed_in(tab) for tab in tabs)
    assert Gebruiker.objects.get().email_confirmed_at is not None


def test_a_code_of_the_app_given_in_two_browsers_at_once_opens_one(medewerker: Callable[..., Medewerker]) -> None:
    marja, browsers = medewerker(), [Client(), Client(), Client()]
    for browser in browsers:
        marja.give_password(browser)
    post_at_once(browsers, "/inloggen/tweede-factor/", marja.code())
    assert sum(is_signed_in(browser) for browser in browsers) == 1


def test_a_recovery_code_given_in_two_browsers_at_once_opens_one(medewerker: Callable[..., Medewerker]) -> None:
    marja, browsers = medewerker(), [Client(), Client(), Client()]
    code = RecoveryCodes.activate(marja.gebruiker).get_unused_codes()[0]
    for browser in browsers:
        marja.give_password(browser)
    post_at_once(browsers, "/inloggen/tweede-factor/", code)
    assert sum(is_signed_in(browser) for browser in browsers) == 1
