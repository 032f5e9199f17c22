"""What a message looks like on its way out, and what a mail server's answer means."""

import re
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import render_to_string

from berichten.models import Bericht

#: Stands for a line break inside a value while a text is rendered, so that no value can end the subject.
_VALUE_BREAK = "\x1e"
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]+")
_ENHANCED_CODE = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


def compose(bericht: Bericht) -> EmailMultiAlternatives:
    """The mail for `bericht`: text and HTML from its templates, the row's Message-ID, marked as sent by a machine."""
    context = {**(bericht.context or {}), "PORTAL_URL": settings.PORTAL_URL.rstrip("/")}
    subject, text = render_text(f"berichten/{bericht.template}.txt", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[bericht.to],
        headers={"Message-ID": bericht.message_id, "Auto-Submitted": "auto-generated"},
    )
    html = render_to_string(f"berichten/{bericht.template}.html", {**context, "subject": subject})
    mail.attach_alternative(html, "text/html")
    return mail


def render_text(name: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body from text template `name`, with the footer that every message has.

    Nothing is escaped, for this is no HTML; a value cannot add lines to the subject nor a header to the mail.
    """
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)  # noqa: S101  (tells the type checker)
    values = Context(_without_breaks(context), autoescape=False)
    rendered = engine.engine.get_template(name).render(values)
    footer = engine.engine.get_template("berichten/_voet.txt").render(values)
    subject, _, body = rendered.partition("\n")
    body = f"{body.strip()}\n\n-- \n{footer.strip()}\n".replace(_VALUE_BREAK, "\n")
    return " ".join(subject.replace(_VALUE_BREAK, " ").split()), re.sub(r"\n{3,}", "\n\n", body)


def _without_breaks(value: Any) -> Any:
    """`value` with its line breaks kept apart from those of the template, and without other control characters."""
    if isinstance(value, str):
        lines = _CONTROL_CHARACTERS.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
        return lines.replace("\n", _VALUE_BREAK)
    if isinstance(value, dict):
        return {key: _without_breaks(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_breaks(item) for item in value]
    return value


def is_refused(error: Exception) -> bool:
    """Whether the mail server says that this address will never do (5xx at RCPT, RFC 5321 section 4.2.1)."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in error.recipients.values())


def is_gone(error: Exception) -> bool:
    """Whether the connection is of no use any more, so that the fault need not lie with the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, smtplib.SMTPServerDisconnected) or (
        isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    )


def describe(error: Exception) -> str:
    """What went wrong in a few words for staff and logs: kind and code, never the server's words, which may hold
    the address.
    """
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    codes = [str(code) for code, _ in answers]
    for _, words in answers:
        found = _ENHANCED_CODE.search(words if isinstance(words, bytes) else words.encode())
        codes += [found[0].decode()] if found else []
    return " ".join([type(error).__name__, *codes])[:80]
