"""Celery tasks of initiatieven."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from initiatieven import actions

#: How long the photos of a form that was never sent are kept.
UNSENT_FOTO_AGE = timedelta(days=1)


@shared_task
def announce_waiting() -> int:
    """Tell the Gebiedsteams in the morning which ideas they have to look at today; gives how many there are."""
    return actions.announce_waiting(today=timezone.localdate())


@shared_task
def purge_fotos() -> int:
    """Destroy photos of forms that were not sent within a day, and files that no row knows; gives how many."""
    unsent = actions.purge_unsent_fotos(before=timezone.now() - UNSENT_FOTO_AGE)
    return unsent + actions.purge_orphan_fotos(older_than=UNSENT_FOTO_AGE)
