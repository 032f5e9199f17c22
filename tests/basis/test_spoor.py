"""The spoor is only added to, holds no texts of people, and goes with the transaction of its change."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from basis import spoor
from basis.models import AppendOnly, Spoorregel
from basis.spoor import Handeling, SpoorHandeling
from meldingen.rules import Status
from tests.factories import AfdelingFactory, GebruikerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(db: None) -> Spoorregel:
    Spoorregel.objects.add(door_id=1, handeling="proef")
    return Spoorregel.objects.get()


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.save(),
        lambda line: line.save(update_fields=["door_id"]),
        lambda line: line.delete(),
        lambda line: Spoorregel.objects.update(door_id=2),
        lambda line: Spoorregel.objects.filter(pk=line.pk).update(door_id=2),
        lambda line: Spoorregel.objects.bulk_update([line], ["door_id"]),
        lambda line: Spoorregel.objects.update_or_create(handeling="proef", defaults={"door_id": 2}),
        lambda line: Spoorregel.objects.all().delete(),
    ],
    ids=["save", "save a field", "delete", "update", "update some", "bulk_update", "update_or_create", "delete all"],
)
def test_a_line_stays_as_it_was_written(change: Callable[[Spoorregel], Any], line: Spoorregel) -> None:
    line.door_id = 2
    with pytest.raises(AppendOnly), transaction.atomic():
        change(line)
    assert Spoorregel.objects.get().door_id == 1


def test_no_line_takes_the_place_of_another(line: Spoorregel) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Spoorregel.objects.add(pk=line.pk, door_id=2)
    assert Spoorregel.objects.get().door_id == 1


def test_a_line_names_who_what_about_what_and_how() -> None:
    by, about = GebruikerFactory(medewerker=True), AfdelingFactory()
    with transaction.atomic():
        spoor.record(SpoorHandeling.BEKEKEN, by=by, about=about, van=Status.GEMELD, aantal=3, mag=True, niets=None)
    line = Spoorregel.objects.get()
    assert (line.door_id, line.handeling) == (by.pk, "spoor.bekeken")
    assert (line.about_kind, line.about_number) == ("afdeling", str(about.pk))
    assert line.details == {"van": "gemeld", "aantal": 3, "mag": True, "niets": None}
    # Outside a request nobody knows from where.
    assert (line.address, line.request_id) == (None, "")


@pytest.mark.parametrize("text", ["Mien Melder", ["Mien"], {"naam": "Mien"}])
def test_texts_of_people_stay_out(text: Any) -> None:
    with pytest.raises(TypeError, match="only numbers and words of closed lists"), transaction.atomic():
        spoor.record(SpoorHandeling.BEKEKEN, by=None, naam=text)
    assert not Spoorregel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        spoor.record(SpoorHandeling.BEKEKEN, by=None)
    assert not Spoorregel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_line_without_its_change() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        spoor.record(SpoorHandeling.BEKEKEN, by=None)
        raise ZeroDivisionError
    assert not Spoorregel.objects.exists()


def test_each_act_has_one_name_that_fits() -> None:
    names = [value for kind in Handeling.__subclasses__() for value in kind.values]
    longest = Spoorregel._meta.get_field("handeling").max_length
    assert longest is not None
    assert sorted(names) == sorted(spoor.labels())
    assert max(map(len, names)) <= longest


def test_the_name_is_the_one_of_today() -> None:
    by = GebruikerFactory(medewerker=True, naam="Vroeger")
    Spoorregel.objects.add(door_id=by.pk, handeling="proef")
    by.naam = "Nu"
    by.save()
    assert Spoorregel.objects.with_naam().get().naam == "Nu"  # type: ignore[attr-defined]
    by.delete()
    gone = Spoorregel.objects.with_naam().get()
    assert (gone.door_id is not None, gone.naam) == (True, None)  # type: ignore[attr-defined]


def test_old_lines_go_and_leave_a_line(settings: Settings) -> None:
    settings.SPOOR_DAYS = 365
    for days in (364, 366, 3000):
        Spoorregel.objects.add(handeling=f"{days} dagen", moment=timezone.now() - timedelta(days=days))
    output = StringIO()
    call_command("spoor_opschonen", stdout=output)
    assert output.getvalue().startswith("2 regels van het spoor verwijderd")
    assert [line.handeling for line in Spoorregel.objects.all()] == ["spoor.opgeschoond", "364 dagen"]
    assert Spoorregel.objects.get(handeling="spoor.opgeschoond").details == {"regels": 2}


def test_rights_are_a_matter_of_postgresql() -> None:
    if transaction.get_connection().vendor != "postgresql":
        with pytest.raises(CommandError, match="alleen in PostgreSQL"):
            call_command("rechten", "portal")
