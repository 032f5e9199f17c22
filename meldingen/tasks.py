"""Celery tasks of meldingen."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from meldingen import actions

#: How long the photos of a form that was never sent are kept.
UNSENT_FOTO_AGE = timedelta(days=1)


@shared_task
def purge_orphan_fotos() -> int:
    """Destroy files of photos that no row knows; gives how many."""
    return actions.purge_orphan_fotos(older_than=UNSENT_FOTO_AGE)


@shared_task
def purge_unsent_fotos() -> int:
    """Destroy photos of forms that were not sent within a day; gives how many."""
    return actions.purge_unsent_fotos(before=timezone.now() - UNSENT_FOTO_AGE)
