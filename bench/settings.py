"""The settings of an installation, with one address more: a view that does nothing, to compare with."""

from alkmaar_portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
