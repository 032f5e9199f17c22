"""Phone numbers in texts that medewerkers write, and e-mail addresses in narrow columns."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

#: What is dialled as it stands: 112, the numbers of municipalities (14 072), and 0800 and 0900.
_NUMBER = re.compile(r"(\b(?:112|14 ?0\d{2,3}|0[89]00[- ]?\d{4}(?:\d{3})?)\b)")


@register.filter
def phone_links(text: str) -> SafeString:
    """`text` with its service numbers as links that dial them; everything else is escaped."""
    parts = _NUMBER.split(text)
    return format_html_join("", "{}", ((_link(part) if index % 2 else part,) for index, part in enumerate(parts)))


@register.filter
def breakable(email: str) -> SafeString:
    """An e-mail address that may go on at the next line before its @, and not in the middle of a word."""
    name, at, host = email.rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, host)


def _link(number: str) -> SafeString:
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"\D", "", number), number)
