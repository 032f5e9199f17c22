"""What a line of the log says on a server: one JSON object, and nothing about people.

Our own loggers vouch for their words. Those of libraries are shown without the values that were put into them: Django
names addresses of pages (a private link is one), gunicorn and the database quote what a visitor sent. An exception is
shown by its type, its code and where it went through, for its message may quote too.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from traceback import extract_tb
from typing import Any

from celery import current_task
from django.conf import settings

from basis.origin import current

#: Libraries that talk about their own processes, as long as all is well or the words stand apart from the values.
_ABOUT_PROCESSES = ("celery.apps", "celery.beat", "celery.worker", "gunicorn.error")


class OnPurpose(logging.Filter):
    """Keeps answers that the portal gives on purpose out of the log of faults: a 503 says what cannot be had now."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is a fault."""
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


class JsonLines(logging.Formatter):
    """One JSON object a line, with the request and the task that it belongs to.

    `fields` in the `extra` of a call become fields of the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line for `record`."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _words(record),
        }
        if request_id := current().request_id:
            line["request_id"] = request_id
        if current_task:
            line |= {"task": current_task.name, "task_id": current_task.request.id}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["exception"] = [_told(error) for error in _chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False, default=str)


def _words(record: logging.LogRecord) -> str:
    """What `record` says, as far as it can be shown."""
    if record.name.partition(".")[0] in settings.OWN_APPS:
        return record.getMessage()
    if record.name.startswith(_ABOUT_PROCESSES) and not record.exc_info and (record.args or not _is_trouble(record)):
        return record.getMessage()
    if record.args:
        return str(record.msg)
    # The values may have been put in already.
    return f"(words left out) {record.module}:{record.lineno}"


def _is_trouble(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what led to it, the last one first."""
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    """Kind, code (of the system or of the database) and way of an exception, without its words."""
    told: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if code := getattr(error, "sqlstate", None) or getattr(error, "errno", None):
        told["code"] = code
    told["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return told
