"""How an answer looks: the same data as XML and as JSON, in the shapes that clients rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpResponse
from django.utils import timezone

from basis.programmas import for_programs, printable

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}

#: What one row of a list is called in XML. JSON gives its lists no names.
ROWS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
}

Content = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Refused(Exception):
    """A question is not answered: the status (400, 403, 404, 411, 413, 429 or 503), and a sentence for each reason."""

    def __init__(self, status: int, *sentences: object, retry_after: int | None = None) -> None:
        super().__init__(status, sentences)
        self.status, self.retry_after = status, retry_after
        self.sentences = [str(sentence) for sentence in sentences]

    @property
    def answer(self) -> Answer:
        """What the client gets."""
        errors = [{"code": self.status, "description": sentence} for sentence in self.sentences]
        return Answer("errors", errors, self.status)


@dataclass(frozen=True)
class Answer:
    """What is answered: `name` is the root in XML, `content` an object or a list of them.

    `max_age` is for how many seconds anybody may keep it; without it nobody may.
    """

    name: str
    content: Content
    status: int = 200
    max_age: int | None = None

    def as_response(self, extension: str) -> HttpResponse:
        """This answer in the asked format."""
        render = as_json if extension == "json" else as_xml
        response = HttpResponse(render(self.name, self.content), content_type=CONTENT_TYPES[extension])
        response.status_code = self.status
        return for_programs(response, max_age=self.max_age)


def w3c(moment: datetime) -> str:
    """A moment with the zone of Alkmaar, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def as_json(name: str, content: Content) -> str:
    """A bare array, or an object; no name around it, which clients would break on."""
    return json.dumps(content)


def as_xml(name: str, content: Content) -> bytes:
    """A document with `name` as its root."""
    return ET.tostring(_element(name, content), encoding="utf-8", xml_declaration=True)


def _element(name: str, content: Any) -> ET.Element:
    element = ET.Element(name)
    if isinstance(content, Mapping):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, list | tuple):
        element.extend(_element(ROWS[name], value) for value in content)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = printable(str(content))
    return element
