"""The one door through which messages leave."""

from typing import Any

from berichten.models import Bericht


def enqueue(*, key: str, to: str, template: str, context: dict[str, Any]) -> None:
    """Announce something by mail, in the transaction of the change: no change without its mail, nor the reverse.

    `key` names what is announced and to whom; the same key again changes nothing. Without an address nothing
    happens. `template` is the name of `templates/berichten/<template>.txt` (its first line is the subject) and
    `.html`. `context` holds what JSON can hold, and dates: they arrive as ISO text, so format what people will read.
    """
    address = to.strip()
    if address:
        Bericht.objects.announce(key=key, to=address, template=template, context=context)
