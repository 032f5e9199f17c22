"""Whatever is sent by the forms of the portal: it is done, or refused with a sentence, and never half."""

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given

from tests.invoer.forms import Form, Pairs, send
from tests.invoer.judge import content
from tests.invoer.pages import REACHED
from tests.invoer.scene import NO_TOKEN, Scene, tries
from tests.invoer.values import changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_fotos", "world")]


@pytest.mark.parametrize("name", REACHED)
def test_whatever_is_sent(name: str, visitor: Callable[[str], Client], names_read: set[str]) -> None:
    scene = Scene(name, visitor)
    for form in scene.forms:
        names_read.clear()
        scene.attempt(form, scene.valid(form))
        try_out(scene, form, sorted(names_read - set(form.names) - {"csrfmiddlewaretoken"}))


def try_out(scene: Scene, form: Form, more: list[str]) -> None:
    @tries(0.3)
    @given(pairs=changed(form, scene.valid(form), more))
    def attempt(pairs: Pairs) -> None:
        scene.attempt(form, pairs)

    attempt()


@pytest.mark.parametrize("name", REACHED)
def test_what_is_right_is_accepted_and_without_a_token_it_is_not(name: str, visitor: Callable[[str], Client]) -> None:
    # Only what would be accepted proves something by being refused.
    scene = Scene(name, visitor)
    for form in scene.forms:
        if form.method != "post" or scene.answer.status_code != 200:
            continue
        with scene.watched():
            response = send(scene.client, form, scene.valid(form))
            accepted = response.status_code == 302
            assert accepted or scene.page.hard, (
                f"Say in tests/invoer/pages.py what is `valid` at {name}, or why nothing is: {form.names}, "
                f"{response.status_code}"
            )
        with scene.watched() as watch:
            strict = Client(enforce_csrf_checks=True)
            strict.cookies = scene.client.cookies
            for token in ([], [("csrfmiddlewaretoken", "x" * 64)], [("csrfmiddlewaretoken", "\0")]):
                refusal = send(strict, form, [*scene.valid(form), *token])
                assert refusal.status_code == 403
                assert NO_TOKEN in content(refusal)
            watch.check_nothing_stored()
