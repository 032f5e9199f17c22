"""Two requests at the same moment: on PostgreSQL, whose locks are what this is about."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from basis.regels import RuleViolation
from berichten.models import Bericht
from gebruikers import actions
from gebruikers.models import Gebruiker
from tests.factories import GebruikerFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def step_back(beheerder: Gebruiker) -> None:
    actions.change_gebruiker(
        gebruiker_id=beheerder.pk, naam=beheerder.naam, is_active=True, is_beheerder=False, by=beheerder
    )


def until_it_waits_or_is_done(job: Future[None]) -> None:
    """Look at the locks of the database until `job` waits for one of ours."""
    for _look in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0] or job.done():
                return
    raise AssertionError("The other request neither waits nor ends.")


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
