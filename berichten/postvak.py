"""The mailbox of the embedded portal: mail lands in files, and a page shows it, codes and links included."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path
from time import time_ns
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

#: How many messages the mailbox keeps; the oldest make room.
KEPT = 500

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class PostvakBackend(BaseEmailBackend):
    """Writes each message as an `.eml` file into the mailbox; a reader never sees half a message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; gives how many. Raises OSError when the disk refuses."""
        folder = Path(settings.POSTVAK_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time_ns():020}-{uuid4().hex[:8]}"
            half_written = folder / f"{name}.part"
            half_written.write_bytes(message.message().as_bytes())
            half_written.rename(folder / f"{name}.eml")
        for name in names()[KEPT:]:
            (folder / f"{name}.eml").unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True)
class PostvakBericht:
    """One message in the mailbox."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str

    @classmethod
    def read(cls, name: str) -> Self:
        """The message in file `name`; raises FileNotFoundError when it is not (or no longer) there."""
        file = Path(settings.POSTVAK_DIR) / f"{name}.eml"
        message = BytesParser(ParsedMessage, policy=policy.default).parsebytes(file.read_bytes())
        return cls(
            name=name,
            to=str(message.get("To", "")),
            subject=str(message.get("Subject", "")),
            sent_at=datetime.fromtimestamp(file.stat().st_mtime, tz=timezone.get_current_timezone()),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )

    @property
    def style_hash(self) -> str:
        """The source expression (CSP) that allows the style block at the head of the HTML part, and no other."""
        style = _STYLE.search(self.html)
        digest = sha256((style[1] if style else "").encode()).digest()
        return f"'sha256-{b64encode(digest).decode()}'"


def names() -> list[str]:
    """The names of the messages in the mailbox, newest first."""
    return sorted((path.stem for path in Path(settings.POSTVAK_DIR).glob("*.eml")), reverse=True)


def _part(message: ParsedMessage, kind: str) -> str:
    """The text of the part of this kind ("plain" or "html"), empty when there is none."""
    part = message.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
