"""One page with its forms, and trying something there that leaves no trace for the next try."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cached_property
from typing import Any

import hypothesis
from django.test import Client
from hypothesis import HealthCheck

from berichten import mail
from berichten.models import Bericht
from tests.invoer.forms import Form, Pairs, forms_of, send
from tests.invoer.judge import DONE, REFUSED, Rows, Watch, check_answer, content, files, rows, watched
from tests.invoer.pages import VALID, page, path

#: Stands at what is wrong, in our forms and in those of the admin.
MISTAKE = re.compile('data-error-summary|class="(field-error|errornote|errorlist)')
NO_TOKEN = "De pagina stond te lang open"


def tries(share: float) -> hypothesis.settings:
    """Hypothesis's settings for one page among a hundred: a share of the usual number of examples."""
    number = max(2, int(hypothesis.settings().max_examples * share))
    # The fixtures below a test stay as they are: each try is undone.
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return hypothesis.settings(max_examples=number, suppress_health_check=checks)


class Scene:
    """A page as its visitor sees it."""

    def __init__(self, name: str, visitor: Callable[[str], Client]) -> None:
        self.page = page(name)
        self.address = path(name)
        self.client = visitor(self.page.visitor)
        self.cookies = deepcopy(self.client.cookies)
        self.files_before = files()
        self.berichten = set(Bericht.objects.values_list("pk", flat=True))
        self.answer = self.client.get(self.address)
        is_html = self.answer.get("Content-Type", "").startswith("text/html")
        self.forms = self._own(forms_of(self.address, content(self.answer))) if is_html else []

    def _own(self, found: list[Form]) -> list[Form]:
        """Those that are sent from here; the search of every other page is sent from its own."""
        here = self.address.split("?")[0]
        return [form for form in found if form.method == "post" or form.action.split("?")[0] == here]

    @cached_property
    def before(self) -> Rows:
        """What was there before any try, and is there again after it."""
        return rows()

    def valid(self, form: Form) -> list[tuple[str, str]]:
        """What a person fills in here."""
        return form.filled({**VALID, **self.page.valid})

    @contextmanager
    def watched(self) -> Iterator[Watch]:
        """Something that is undone afterwards, for a visitor who comes for the first time."""
        self.client.cookies = deepcopy(self.cookies)
        with watched(lambda: self.before, self.files_before) as watch:
            yield watch

    def attempt(self, form: Form, pairs: Pairs) -> Any:
        """Send `pairs`; whatever comes of it, it is told in Dutch, and is stored whole or not at all."""
        with self.watched() as watch:
            response = send(self.client, form, pairs)
            check_answer(response)
            if response.status_code in REFUSED:
                watch.check_nothing_stored()
            elif form.method == "post":
                self._check_done(form, response, watch)
        return response

    def _check_done(self, form: Form, response: Any, watch: Watch) -> None:
        if response.status_code != 302 and "_popup" not in response.wsgi_request.POST:
            assert not MISTAKE.search(content(response)), "a page with mistakes is no 200"
            # It may ask something back before it does anything.
            if not self.page.answers:
                watch.check_nothing_stored()
        for bericht in Bericht.objects.exclude(pk__in=self.berichten):
            if bericht.context:
                mail.compose(bericht).message().as_bytes()
        if response.status_code == 302 and response.url.startswith("/"):
            check_answer(self.client.get(response.url), DONE | {403, 404})
