"""Sessions in the database."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import get_random_string

KEY_LENGTH = 32


class SessionStore(DatabaseStore):
    """Django's own, except that it does not look whether the key it draws (165 bits) is somebody's already.

    Storing a new session fails when it is, and another key is drawn.
    """

    def _get_new_session_key(self) -> str:
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
