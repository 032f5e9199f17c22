"""Settings of the tests: the embedded portal with everything written to a place of its own.

`DATABASE_URL` decides the database, as everywhere; without it the tests run on SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# What somebody has in a .env of their own says nothing about the tests.
os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("EMBEDDED", "true")
os.environ.setdefault("SECRET_KEY", "only for tests")
if "VAR_DIR" not in os.environ:
    _var = Path(__file__).resolve().parent.parent / "var"
    _var.mkdir(exist_ok=True)
    # Processes that a test run starts find the folder in their environment; the first one takes it away.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="test-", dir=_var)
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from alkmaar_portal.settings import *  # noqa: F403
from alkmaar_portal.settings import DATABASES, STATIC_ROOT, VAR_DIR

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "media"
# Static files are looked for when one is asked for: every test client would look for all of them, 30 ms each time.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing in a test may reach the real PDOK; tests that need an answer start their own server.
PDOK_URL = "http://127.0.0.1:9/"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file instead of memory: threads then have connections of their own, as in the real portal.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
