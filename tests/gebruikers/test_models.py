"""What the database refuses, and who is found."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from gebruikers import tasks
from gebruikers.models import Gebruiker

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 3, 20, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_address_is_unique_without_regard_to_case() -> None:
    Gebruiker.objects.create(email="wil@bewoner.example")
    for other in ["wil@bewoner.example", "WIL@bewoner.example"]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Gebruiker.objects.create(email=other)
    assert Gebruiker.objects.with_email(" Wil@Bewoner.example").count() == 1


def test_several_people_may_have_no_address() -> None:
    Gebruiker.objects.create(naam="een")
    Gebruiker.objects.create(naam="twee")
    assert Gebruiker.objects.count() == 2


def test_a_beheerder_is_a_medewerker() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Gebruiker.objects.create(email="bea@alkmaar.example", is_beheerder=True)
    Gebruiker.objects.create(email="bea@alkmaar.example", is_beheerder=True, is_medewerker=True)


def test_accounts_nobody_confirmed_go_after_a_day() -> None:
    def make(email: str | None, age: timedelta, **fields: object) -> None:
        with time_machine.travel(NOW - age, tick=False):
            Gebruiker.objects.create(email=email, **fields)

    day = timedelta(days=1)
    make("oud@bewoner.example", day + timedelta(seconds=1))
    make("vers@bewoner.example", day - timedelta(seconds=1))
    make("bevestigd@bewoner.example", 30 * day, email_confirmed_at=NOW)
    make("medewerker@alkmaar.example", 30 * day, is_medewerker=True)
    make(None, 30 * day)
    with time_machine.travel(NOW, tick=False):
        tasks.purge_unconfirmed()
    assert set(Gebruiker.objects.values_list("email", flat=True)) == {
        "vers@bewoner.example",
        "bevestigd@bewoner.example",
        "medewerker@alkmaar.example",
        None,
    }


def test_sessions_that_are_over_go() -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        Client().post("/inloggen/", {"email": "wil@bewoner.example"})
        moment.shift(timedelta(hours=6))
        Client().post("/inloggen/", {"email": "jo@bewoner.example"})
        assert Session.objects.count() == 2
        moment.shift(timedelta(hours=7))
        tasks.purge_sessions()
        assert Session.objects.count() == 1


def test_beat_runs_both_every_night(settings: object) -> None:
    from alkmaar_portal.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    for task in [tasks.purge_unconfirmed, tasks.purge_sessions]:
        assert task.name in scheduled
        assert task.name in app.tasks
