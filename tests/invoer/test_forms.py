"""Whatever is sent by the forms of the portal: it is done, or refused with a sentence, and never half."""

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given

from tests.invoer.forms import Form, Pairs, send
from tests.invoer.judge import content
from tests.invoer.pages import ADMIN, REACHED
from tests.invoer.scene import NO_TOKEN, Scene, tries
from tests.invoer.values import changed

pytestmark = [pytest.mark.heavy, pytest.mark.django_db, pytest.mark.usefixtures("quick_fotos", "world")]


@pytest.mark.parametrize("name", REACHED)
def test_whatever_is_sent(name: str, visitor: Callable[[str], Client], names_read: set[str]) -> None:
    scene = Scene(name, visitor)
    for form in scene.forms:
        names_read.clear()
        done = {200, 302} if scene.page.answers else {302}
        accepted = scene.attempt(form, scene.valid(form)).status_code in done
        read = sorted(names_read - set(form.names) - {"csrfmiddlewaretoken"})
        if form.method == "post" and scene.answer.status_code == 200 and (form.names or name not in ADMIN):
            # Only what would be accepted proves something by being refused.
            assert accepted or scene.page.hard, (
                f"Say in PAGES of tests/invoer/pages.py what is `valid` at {name}, or why nothing is: {form.names}"
            )
            without_token(scene, form)
        try_out(scene, form, read)


def try_out(scene: Scene, form: Form, more: list[str]) -> None:
    @tries(0.2)
    @given(pairs=changed(form, scene.valid(form), more))
    def attempt(pairs: Pairs) -> None:
        scene.attempt(form, pairs)

    attempt()


def without_token(scene: Scene, form: Form) -> None:
    """From somewhere else than a page of ours nothing is taken."""
    strict = Client(enforce_csrf_checks=True)
    for token in ([], [("csrfmiddlewaretoken", "x" * 64)], [("csrfmiddlewaretoken", "é")]):
        with scene.watched() as watch:
            strict.cookies = scene.client.cookies
            refusal = send(strict, form, [*scene.valid(form), *token])
            assert refusal.status_code == 403
            assert NO_TOKEN in content(refusal)
            watch.check_nothing_stored()
