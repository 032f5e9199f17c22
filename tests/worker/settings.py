"""Settings of the worker processes that the tests start: those of the portal, with a lease as short as a test."""

import os

from alkmaar_portal.settings import *  # noqa: F403

BERICHT_LEASE_SECONDS = float(os.environ["TEST_LEASE_SECONDS"])
