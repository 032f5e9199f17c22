from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.test import RequestFactory

from berichten import rules
from berichten.admin import BerichtAdmin
from berichten.models import Bericht, Status
from gebruikers.models import Gebruiker

Make = Callable[..., Bericht]


@pytest.fixture
def beheer() -> BerichtAdmin:
    registered = admin.site.get_model_admin(Bericht)
    assert isinstance(registered, BerichtAdmin)
    return registered


@pytest.fixture
def request_of_beheerder(db: None, rf: RequestFactory) -> Callable[..., HttpRequest]:
    def request(**posted: object) -> HttpRequest:
        made = rf.post("/beheer/berichten/bericht/", posted) if posted else rf.get("/beheer/berichten/bericht/")
        made.user = Gebruiker.objects.create(
            email=f"beheer{Gebruiker.objects.count()}@voorbeeld.example", is_medewerker=True, is_beheerder=True
        )
        made._messages = CookieStorage(made)  # type: ignore[attr-defined]
        made._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return made

    return request


def rendered(response: object) -> str:
    assert isinstance(response, TemplateResponse)
    return response.render().content.decode()


def test_beheerders_see_what_failed_and_not_whose_it_is_nor_what_it_says(
    beheer: BerichtAdmin, request_of_beheerder: Callable[..., HttpRequest], make_bericht: Make
) -> None:
    bericht = make_bericht(
        key="melding:48151623:ontvangen",
        status=Status.MISLUKT,
        last_error="SMTPRecipientsRefused 550 5.1.1",
        context={"tekst": "GEHEIM-4711"},
    )
    pages = [
        rendered(beheer.changelist_view(request_of_beheerder())),
        rendered(beheer.change_view(request_of_beheerder(), str(bericht.pk))),
    ]
    for page in pages:
        assert "j***@voorbeeld.example" in page
        assert "SMTPRecipientsRefused 550 5.1.1" in page
        for secret in ("GEHEIM-4711", "jan@voorbeeld.example", "48151623"):
            assert secret not in page


def test_a_message_is_found_by_its_message_id_alone(
    beheer: BerichtAdmin, request_of_beheerder: Callable[..., HttpRequest], make_bericht: Make
) -> None:
    bericht = make_bericht(key="melding:48151623:ontvangen")
    make_bericht()
    for text, found in [
        (bericht.message_id, [bericht]),
        (bericht.message_id[:20], []),
        ("jan@voorbeeld.example", []),
        ("jan", []),
        ("48151623", []),
    ]:
        rows, _twice = beheer.get_search_results(request_of_beheerder(), Bericht.objects.all(), text)
        assert list(rows) == found, text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("jan@voorbeeld.example", "j***@voorbeeld.example"),
        ("j@voorbeeld.example", "j***@voorbeeld.example"),
        ('"a@b"@voorbeeld.example', '"***@voorbeeld.example'),
    ],
)
def test_half_an_address_tells_neither_the_name_nor_its_length(address: str, shown: str) -> None:
    assert rules.half_address(address) == shown


def test_nobody_adds_changes_or_deletes(
    beheer: BerichtAdmin, request_of_beheerder: Callable[..., HttpRequest], make_bericht: Make
) -> None:
    request = request_of_beheerder()
    assert beheer.has_view_permission(request)
    assert not beheer.has_add_permission(request)
    assert not beheer.has_change_permission(request, make_bericht())
    assert not beheer.has_delete_permission(request)
    assert list(beheer.get_actions(request)) == ["try_again"]


def test_a_failed_message_is_tried_again_and_what_cannot_be_is_told(
    beheer: BerichtAdmin, request_of_beheerder: Callable[..., HttpRequest], make_bericht: Make
) -> None:
    failed = make_bericht(status=Status.MISLUKT, attempts=12)
    emptied = make_bericht(status=Status.MISLUKT, to="piet@voorbeeld.example", context=None)
    request = request_of_beheerder(action="try_again", _selected_action=[failed.pk, emptied.pk])
    response = beheer.changelist_view(request)
    assert response.status_code == 302
    failed.refresh_from_db()
    emptied.refresh_from_db()
    assert (failed.status, failed.attempts) == (Status.WACHT, 0)
    assert emptied.status == Status.MISLUKT
    gone = "De inhoud van dit bericht is al gewist. Laat het op een andere manier weten."
    told = {(message.level_tag, str(message)) for message in request._messages}  # type: ignore[attr-defined]
    assert told == {
        ("success", "1 bericht wordt opnieuw verstuurd."),
        (
            "error",
            f"p***@voorbeeld.example: {gone}",
        ),
    }
