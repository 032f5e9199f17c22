"""Settings of the processes that the tests start: those of the portal, with a lease as short as a test."""

import os

from alkmaar_portal.settings import *  # noqa: F403
from alkmaar_portal.settings import STORAGES

BERICHT_LEASE_SECONDS = float(os.environ["TEST_LEASE_SECONDS"])
# Without collecting static files first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
