"""What generated input once brought down, each in its shortest form: so that it does not depend on luck."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.invoer.forms import MULTIPART, Upload, multipart
from tests.invoer.judge import check_answer, content
from tests.invoer.pages import path
from tests.invoer.scene import Scene

pytestmark = [pytest.mark.heavy, pytest.mark.django_db, pytest.mark.usefixtures("world")]

#: What this one ends in is refused with a page.
REFUSED = {400}
NUL_IN_QUOTES = '"a\\000bcdefgh"'


@pytest.mark.parametrize(
    "next_page", ["zomaar", "account_login", "a b", "\ufffd", "//elders.example/", "https://elders.example/"]
)
def test_where_to_go_next_is_a_page_or_nothing(next_page: str, visitor: Callable[[str], Client]) -> None:
    client = visitor("anybody")
    response = client.post("/inloggen/voorbeeld/", {"email": "bewoner@voorbeeld.example", "next": next_page})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_an_empty_to_field_is_none(visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    for kind in ("change", "delete"):
        check_answer(client.get(path(f"admin:gebieden_teamlid_{kind}"), {"_to_field": ""}), {200})


def test_a_search_full_of_words_in_the_admin(visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    for name in ("gebieden_wijk", "meldingen_categorie", "gebruikers_gebruiker"):
        check_answer(client.get(path(f"admin:{name}_changelist"), {"q": "woord " * 2000}), {200})


def test_a_photo_and_the_wish_to_have_none(visitor: Callable[[str], Client]) -> None:
    scene = Scene("melding_nieuw", visitor)
    (form,) = scene.forms
    pairs = [*scene.valid(form), ("foto", Upload(b"geen foto")), ("foto-clear", "on")]
    response = scene.client.generic("POST", scene.address, multipart(pairs), MULTIPART)
    check_answer(response, {422})


def test_no_decision_at_all_is_told(visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    for besluit in ("", "misschien"):
        response = client.post(path("behandelen_tekst"), {"versie": "1", "besluit": besluit})
        check_answer(response, {422})
        assert "Kies of iedereen dit mag zien, of niet." in content(response)


@pytest.mark.parametrize(
    "address", ["/zoeken/?q=a%00b", "/meldingen/?wijk=%00", "/meldingen/?%00=a", "/inloggen/?next=%00"]
)
def test_nul_in_an_address(address: str, client: Client) -> None:
    check_answer(client.get(address), REFUSED)


@pytest.mark.parametrize("address", ["/adressen.json?q=%00", "/meldingen/kaart.json?bbox=%00"])
def test_nul_in_a_question_of_a_script(address: str, client: Client) -> None:
    response = client.get(address)
    check_answer(response, REFUSED)
    assert "fout" in response.json()


def test_nul_in_a_filter_of_the_admin(visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    check_answer(client.get(path("admin:meldingen_categorie_changelist"), {"groep__id__exact": "\0"}), REFUSED)
    data = {"action": "delete_selected", "_selected_action": "\0"}
    check_answer(client.post(path("admin:meldingen_groep_changelist"), data), REFUSED)


def test_nul_in_the_cookie_of_a_session(client: Client) -> None:
    for page in ("/", "/meldingen/nieuw/", "/inloggen/"):
        check_answer(client.get(page, HTTP_COOKIE=f"sessionid={NUL_IN_QUOTES}"), {200})


def test_more_parameters_than_anybody_needs(client: Client) -> None:
    for page in ("/", "/meldingen/", "/zoeken/", "/inloggen/"):
        check_answer(client.get(page, QUERY_STRING="&".join(f"a{number}=1" for number in range(1100))), REFUSED)


@pytest.mark.parametrize("ticked", ["", "zomaar", "9" * 30, "-1"])
def test_rows_that_are_none_in_the_admin(ticked: str, visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    for name in ("meldingen_groep", "berichten_bericht", "gebruikers_gebruiker"):
        for action in ("delete_selected", "try_again", "reset_second_factor"):
            data = {"action": action, "_selected_action": ticked}
            check_answer(client.post(path(f"admin:{name}_changelist"), data), {200, 302, 400})


def test_no_patterns_are_looked_for_in_the_admin(visitor: Callable[[str], Client]) -> None:
    client = visitor("medewerker")
    for lookup in ("naam__regex", "naam__iregex"):
        for pattern in ("(", "a", "(a+)+$"):
            check_answer(client.get(path("admin:meldingen_categorie_changelist"), {lookup: pattern}), REFUSED)


def test_a_name_longer_than_that_of_any_file(client: Client) -> None:
    for address in (f"/postvak/{'x' * 300}/", f"/postvak/{'x' * 300}/opgemaakt/"):
        check_answer(client.get(address), {404})


def test_open311_tells_of_nul_in_dutch(client: Client) -> None:
    check_answer(client.get("/open311/v2/requests.json", {"service_code": "\0"}), REFUSED)
