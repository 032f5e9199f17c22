"""The broker of files (embedded): Kombu's, which ends the worker when it finds half a message."""

from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """Passes by what cannot be read.

    A message is written in place, so whoever is killed meanwhile leaves half of one, and a reader may come too early.
    Nothing is lost with it: the next tick asks for the same work.
    """

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                continue


class Transport(filesystem.Transport):
    """`CELERY_BROKER_TRANSPORT` of the embedded portal."""

    Channel = Channel
