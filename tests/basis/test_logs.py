"""A line of the log says what happened and in which request or task, and nothing that a visitor sent."""

import errno
import json
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils.log import log_response
from pytest_django import Settings

from basis.logs import JsonLines
from basis.origin import Origin, serving
from gebruikers.models import Gebruiker
from gebruikers.tasks import purge_sessions
from tests.factories import GebruikerFactory

SECRET = "jan@voorbeeld.example"


def test_an_answer_on_purpose_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    for status in (500, 503):
        log_response("%s", status, response=HttpResponse(status=status), request=None)
    assert [record.status_code for record in caplog.records] == [500]  # type: ignore[attr-defined]


class Lines(logging.Handler):
    """What a server would have written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def last(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.lines[-1])
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_line_is_one_json_object(lines: Lines) -> None:
    with serving(Origin("192.0.2.1", "van-de-proxy-1")):
        logging.getLogger("berichten.actions").info("bericht %d\nis ‘sent’", 7, extra={"fields": {"ms": 3}})
    assert "\n" not in lines.lines[-1]
    line = lines.last()
    assert line.pop("time").endswith("+00:00")  # type: ignore[attr-defined]
    assert line == {
        "level": "INFO",
        "logger": "berichten.actions",
        "event": "bericht 7\nis ‘sent’",
        "request_id": "van-de-proxy-1",
        "ms": 3,
    }


@pytest.mark.parametrize(
    ("logger", "level", "message", "values", "shown"),
    [
        ("django.request", "ERROR", "Internal Server Error: %s", [f"/via/{SECRET}/"], "Internal Server Error: %s"),
        ("django.security.csrf", "WARNING", "Forbidden (%s): %s", ["no", SECRET], "Forbidden (%s): %s"),
        ("django.security.DisallowedHost", "ERROR", f"Invalid HTTP_HOST header: {SECRET}", [], None),
        ("gunicorn.error", "WARNING", f"Invalid request from ip=192.0.2.1: {SECRET}", [], None),
        ("gunicorn.error", "INFO", "Booting worker with pid: %s", [12], "Booting worker with pid: 12"),
        (
            "gunicorn.error",
            "ERROR",
            "Worker (pid:%s) was sent %s!",
            [12, "SIGKILL"],
            "Worker (pid:12) was sent SIGKILL!",
        ),
        ("celery.apps.worker", "INFO", "%s ready.", ["celery@web"], "celery@web ready."),
        (
            "celery.app.trace",
            "ERROR",
            "Task %(name)s: %(exc)s",
            [{"name": "x", "exc": SECRET}],
            "Task %(name)s: %(exc)s",
        ),
        ("allauth.account", "ERROR", f"{SECRET} is unknown", [], None),
    ],
)
def test_the_words_of_libraries_come_without_values(
    lines: Lines, logger: str, level: str, message: str, values: list[object], shown: str | None
) -> None:
    logging.getLogger(logger).log(logging.getLevelName(level), message, *values)
    assert SECRET not in lines.lines[-1]
    event = str(lines.last()["event"])
    assert event == shown if shown else event.startswith("(words left out) test_logs:")


@pytest.mark.django_db
def test_what_a_task_says_names_it(lines: Lines) -> None:
    done = purge_sessions.apply()
    line = lines.last()
    assert (line["event"], line["task"], line["task_id"]) == (
        f"{purge_sessions.name} is done",
        purge_sessions.name,
        done.id,
    )
    logging.getLogger("basis").info("afterwards")
    assert "task" not in lines.last()


def test_an_exception_tells_kind_and_way_but_not_its_words(lines: Lines) -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, SECRET)
        except OSError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/via/{SECRET}/")
    assert SECRET not in lines.lines[-1]
    assert lines.last()["event"] == "Error handling request %s"
    last, first = lines.last()["exception"]  # type: ignore[misc]
    assert (last["type"], first["type"]) == ("builtins.ValueError", "builtins.OSError")
    assert first["code"] == errno.ENOSPC
    assert f"{__file__}:" in last["at"][0]


@pytest.mark.django_db
def test_a_database_that_quotes_what_was_sent(lines: Lines) -> None:
    GebruikerFactory(email=SECRET)
    with pytest.raises(IntegrityError) as found:
        Gebruiker.objects.create(email=SECRET)
    logging.getLogger("basis").error("oh", exc_info=found.value)
    assert SECRET not in lines.lines[-1]
    if connection.vendor == "postgresql":
        assert SECRET in str(found.value)
        assert lines.last()["exception"][1]["code"] == "23505"  # type: ignore[index]


def test_a_page_that_fails_says_where_without_what(
    lines: Lines, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> HttpResponse:
        raise ValueError(SECRET)

    monkeypatch.setattr("basis.via._openers", {})
    monkeypatch.setattr("basis.via.signing.loads", broken)
    monkeypatch.setattr("basis.via.signing.BadSignature", RuntimeError)
    monkeypatch.setattr("basis.via.Http404", RuntimeError)
    client.raise_request_exception = False
    assert client.get(f"/via/{SECRET}/?naam={SECRET}").status_code == 500
    assert [line for line in lines.lines if SECRET in line] == []
    fault, answer = (json.loads(line) for line in lines.lines[-2:])
    assert (fault["logger"], fault["level"]) == ("django.request", "ERROR")
    assert fault["exception"][-1]["type"] == "builtins.ValueError"
    assert (answer["view"], answer["status"]) == ("via", 500)
    assert fault["request_id"] == answer["request_id"]


def test_what_is_suspicious_is_not_quoted(lines: Lines, client: Client, settings: Settings) -> None:
    client.get("/", headers={"Host": "jan.voorbeeld.example"})
    kinds = {json.loads(line)["logger"] for line in lines.lines}
    assert "django.security.DisallowedHost" in kinds
    assert [line for line in lines.lines if "jan.voorbeeld" in line] == []
