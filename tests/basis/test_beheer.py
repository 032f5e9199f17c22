"""The admin is no door beside the actions, whatever is registered there."""

import ast
import inspect
import textwrap
from typing import Any

import pytest
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from basis.beheer import ActionAdmin, LookOnlyAdmin
from basis.regels import RuleViolation
from gebruikers.admin import AfdelingAdmin
from gebruikers.models import Afdeling, Gebruiker
from meldingen.admin import BehandelaarAdmin
from meldingen.models import Behandelaar
from tests.factories import AfdelingFactory, BehandelaarFactory, GebruikerFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry.items(), key=lambda item: item[0].__name__)


@pytest.fixture
def beheerder(client: Client) -> Gebruiker:
    gebruiker = GebruikerFactory(beheerder=True)
    sign_in(client, gebruiker)
    return gebruiker


def goes_through_actions(model_admin: admin.ModelAdmin, name: str) -> bool:
    """Whether this method is written in the class itself, calls an action and writes nothing by itself."""
    method = type(model_admin).__dict__.get(name)
    if method is None:
        return False
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method))))
        if isinstance(node, ast.Call)
    ]
    return any(call.startswith("actions.") for call in calls) and not any(call.startswith("super") for call in calls)


def doors_beside_the_actions(model_admin: admin.ModelAdmin, request: HttpRequest) -> list[str]:
    """How this class would let a beheerder write without an action."""
    doors = []
    if model_admin.has_add_permission(request) or model_admin.has_change_permission(request):
        doors += ["save_model"] if not goes_through_actions(model_admin, "save_model") else []
        doors += ["inlines"] if model_admin.inlines else []
        doors += ["list_editable"] if model_admin.list_editable else []
        doors += ["many to many"] if model_admin.model._meta.many_to_many else []
    if model_admin.has_delete_permission(request):
        doors += ["delete_model"] if not goes_through_actions(model_admin, "delete_model") else []
        through_delete_model = type(model_admin).delete_queryset is ActionAdmin.delete_queryset
        if not (through_delete_model or goes_through_actions(model_admin, "delete_queryset")):
            doors.append("delete_queryset")
    return doors


@pytest.mark.parametrize(("model", "model_admin"), REGISTERED, ids=lambda value: getattr(value, "__name__", ""))
def test_the_admin_writes_through_actions_or_not_at_all(
    rf: RequestFactory, model: type[Model], model_admin: admin.ModelAdmin
) -> None:
    request = rf.get("/beheer/")
    request.user = GebruikerFactory(beheerder=True)
    assert isinstance(model_admin, (LookOnlyAdmin, ActionAdmin))
    assert doors_beside_the_actions(model_admin, request) == []


def test_djangos_own_way_would_be_seen(rf: RequestFactory) -> None:
    request = rf.get("/beheer/")
    request.user = GebruikerFactory(beheerder=True)
    plain = admin.ModelAdmin(Afdeling, admin.site)
    assert doors_beside_the_actions(plain, request) == ["save_model", "delete_model", "delete_queryset"]
    assert doors_beside_the_actions(ActionAdmin(Afdeling, admin.site), request) == ["save_model", "delete_model"]


def says_no(*args: Any, **kwargs: Any) -> None:
    Afdeling.objects.update(naam="half gedaan")
    raise RuleViolation("Dat mag niet, om deze reden.", field="naam")


def test_a_broken_rule_stands_at_the_field_and_undoes_all(
    client: Client, beheerder: Gebruiker, monkeypatch: pytest.MonkeyPatch
) -> None:
    afdeling = AfdelingFactory(naam="Groen")
    monkeypatch.setattr(AfdelingAdmin, "save_model", says_no)
    address = reverse("admin:gebruikers_afdeling_change", args=[afdeling.pk])
    response = client.post(address, {"naam": "Getypt", "slug": "groen", "email": ""})
    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["adminform"].form.errors == {"naam": ["Dat mag niet, om deze reden."]}
    assert "Dat mag niet, om deze reden." in page
    assert 'value="Getypt"' in page
    assert [str(message) for message in messages.get_messages(response.wsgi_request)] == []
    assert Afdeling.objects.get().naam == "Groen"
    # The class that serves everybody else knows nothing of it.
    assert "Dat mag niet" not in client.get(address).content.decode()


def test_a_broken_rule_at_deleting_is_told_and_undoes_all(
    client: Client, beheerder: Gebruiker, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = BehandelaarFactory(afdeling__naam="Groen")
    monkeypatch.setattr(BehandelaarAdmin, "delete_model", says_no)
    one = client.post(reverse("admin:meldingen_behandelaar_delete", args=[row.pk]), {"post": "yes"}, follow=True)
    several = client.post(
        reverse("admin:meldingen_behandelaar_changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        follow=True,
    )
    for response in (one, several):
        told = [str(message) for message in response.context["messages"]]
        assert told == ["Dat mag niet, om deze reden."]
    assert (Behandelaar.objects.get(), Afdeling.objects.get().naam) == (row, "Groen")
