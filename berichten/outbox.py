"""The one door through which messages leave."""

from typing import Any

from basis.origin import current
from berichten.models import Bericht


def enqueue(*, key: str, to: str, template: str, context: dict[str, Any], secret: bool = False) -> None:
    """Announce something by mail, in the transaction of the change: no change without its mail, nor the reverse.

    `key` names what is announced and to whom; the same key again changes nothing. Without an address nothing
    happens. `template` is the name of `templates/berichten/<template>.txt` (its first line is the subject) and
    `.html`. `context` holds what JSON can hold, and dates: they arrive as ISO text, so format what people will read.
    `secret` says that a code or link in `context` opens an account: it is wiped as soon as it was sent or given up.

    Raises ValueError without a key or template, and TypeError when `context` is no dict: the insert leaves out
    whatever breaks a constraint, and the message would be lost without a word.
    """
    if not key or not template:
        raise ValueError("A message needs a key and a template.")
    if not isinstance(context, dict):
        raise TypeError("A message needs a context, if only an empty one.")
    address = to.strip()
    if address:
        Bericht.objects.announce(
            key=key,
            to=address,
            template=template,
            context=context,
            secret=secret,
            request_id=current().request_id,
        )
