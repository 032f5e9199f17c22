"""The Celery application: `celery -A alkmaar_portal worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")

app = Celery("alkmaar_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
