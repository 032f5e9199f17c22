"""The roof: settings, addresses, and the pages that join the floors."""

from alkmaar_portal.celery import app as celery_app

__all__ = ["celery_app"]
