"""What must hold for an answer to whatever was sent: a status, a sentence in Dutch, and nothing half-stored."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model

#: A request that was refused says so by one of these.
REFUSED = {400, 403, 404, 405, 409, 411, 413, 415, 422, 429}
#: Done, or shown as asked for, or led on.
DONE = {200, 301, 302, 304}

#: Words of Django's own sentences, and those that don't help.
NO_SENTENCE = re.compile(
    r"\b(this|the|field|required|invalid|enter|ensure|select|value|must|please|error|cannot|not)\b"
    r"|Dit veld is verplicht|Null-tekens",
    re.IGNORECASE,
)
#: Where a page says what is wrong: by class, in our own pages and in those of the admin.
TOLD_BY = {"error-summary", "field-error", "lead", "messages", "notice", "errornote", "errorlist", "messagelist"}

#: Rows that a refusal may leave: what a visitor's session remembers.
MAY_STAY = {"sessions.Session"}
#: And lines about who looked at contact data, or took a list along: that is done, whatever was refused next to it.
LOOKED_AT = ("bekeken", "geexporteerd")
WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


class _Told(HTMLParser):
    """Gathers the text inside elements of the classes `TOLD_BY`."""

    VOID = {"input", "br", "img", "link", "meta", "hr", "source"}

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[bool] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            return
        classes = set((dict(attrs).get("class") or "").split())
        self.inside.append(bool(classes & TOLD_BY) or bool(self.inside and self.inside[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] and data.strip():
            self.texts.append(data.strip())


def told(html: str) -> list[str]:
    """What a page says to whoever sent something wrong."""
    reader = _Told()
    reader.feed(html)
    return reader.texts


def content(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode("utf-8", "replace"))


def says(response: Any) -> list[str]:
    """The sentences in an answer: of a page, or the reasons that a program gets."""
    kind = response.get("Content-Type", "")
    if kind.startswith("application/json"):
        answer = response.json()
        return (
            [str(error["description"]) for error in answer] if isinstance(answer, list) else [str(answer.get("fout"))]
        )
    if kind.startswith("text/xml"):
        return re.findall(r"<description>(.*?)</description>", content(response))
    if kind.startswith("text/plain"):
        return [content(response)]
    return told(content(response)) if kind.startswith("text/html") else []


def check_answer(response: Any, statuses: set[int] = DONE | REFUSED) -> None:
    """Fail on a fault of ours, on a status that nobody expects, and on a refusal without a sentence in Dutch."""
    if response.status_code >= 500:
        _kind, fault, _trace = response.exc_info or (None, None, None)
        raise AssertionError(f"status {response.status_code}") from fault
    assert response.status_code in statuses, (response.status_code, says(response))
    if response.status_code in REFUSED - {405} and response.wsgi_request.method != "HEAD":
        sentences = says(response)
        assert any(len(sentence.split()) > 3 for sentence in sentences), (response.status_code, sentences)
        bad = [sentence for sentence in sentences if NO_SENTENCE.search(sentence)]
        assert not bad, bad


Rows = dict[str, set[tuple[str, ...]]]


def rows() -> Rows:
    """Everything in the database, but for what may stay."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.label not in MAY_STAY]
    return {
        model._meta.label: {row for row in _texts(model) if not any(text.endswith(LOOKED_AT) for text in row)}
        for model in models
        if model._meta.managed and not model._meta.proxy
    }


def _texts(model: type[Model]) -> Iterator[tuple[str, ...]]:
    return (tuple(map(str, row)) for row in model._base_manager.values_list())


def files() -> set[str]:
    """Every file of the portal's own, by its path."""
    folder = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


class Watch:
    """What a request did to the database and to the disk; looks at the rows only when something was written."""

    def __init__(self, files_before: set[str]) -> None:
        self.files_before = files_before
        self.wrote = False
        self.after: Rows | None = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.wrote = self.wrote or bool(WRITE.match(sql))
        return execute(sql, params, many, context)

    def check_nothing_stored(self) -> None:
        """Fail when rows or files differ; photos of a form that is not sent yet, with their rows, are kept for it.

        The rows are compared once all is undone: then those of before are there again.
        """
        if self.wrote:
            self.after = rows()
        kept = {name for foto in _kept_fotos() for name in _files_of(foto)}
        assert files() - kept <= self.files_before, files() - kept - self.files_before
        assert not [name for name in files() if name.endswith(".deel")]


def compare(before: Rows, after: Rows) -> None:
    """Fail when anything is there, gone or other but photos that wait for their form."""
    for label, found in after.items():
        if label == "meldingen.Foto":
            found = {row for row in found if row in before[label] or _has_melding(row)}
            assert found <= before[label], (label, found - before[label])
        else:
            assert found == before[label], (label, found ^ before[label])


def _has_melding(row: tuple[Any, ...]) -> bool:
    from meldingen.models import Foto

    names = [field.attname for field in Foto._meta.concrete_fields]
    return row[names.index("melding_id")] != "None"


def _kept_fotos() -> list[str]:
    from meldingen.models import Foto

    return list(Foto.objects.filter(melding=None).values_list("naam", flat=True))


def _files_of(name: str) -> list[str]:
    from basis import fotos

    return [name, fotos.thumbnail_name(name)]


@contextmanager
def watched(before: Callable[[], Rows], files_before: set[str]) -> Iterator[Watch]:
    """Watch what happens inside, and undo it: rows, files that came, and what was counted for limits."""
    cache.clear()
    watch = Watch(files_before)
    try:
        with transaction.atomic(), connection.execute_wrapper(watch):
            yield watch
            transaction.set_rollback(True)
    finally:
        for name in files() - files_before:
            default_storage.delete(name)
    if watch.after is not None:
        compare(before(), watch.after)
