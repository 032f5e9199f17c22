"""Settings of the tests: the embedded portal with everything written to a place of its own."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("EMBEDDED", "true")
os.environ.setdefault("SECRET_KEY", "only for tests")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="portal-test-"))

from alkmaar_portal.settings import *  # noqa: F403

MEDIA_ROOT = Path(os.environ["VAR_DIR"]) / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing in a test may reach the real PDOK; tests that need an answer start their own server.
PDOK_URL = "http://127.0.0.1:9/"
