"""Celery tasks of meldingen."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from meldingen import actions

#: How long the photos of a form that was never sent are kept.
UNSENT_FOTO_AGE = timedelta(days=1)


@shared_task
def remind_reporters() -> int:
    """Remind reporters of a question that waits for five working days; gives how many are due."""
    return actions.remind_reporters(today=timezone.localdate())


@shared_task
def remind_organisaties() -> int:
    """Remind organisations of what they did not take for five working days; gives how many are due."""
    return actions.remind_organisaties(today=timezone.localdate())


@shared_task
def end_follows_of_finished() -> int:
    """Forget who followed what can no longer be reopened; gives how many."""
    return actions.end_follows_of_finished(today=timezone.localdate())


@shared_task
def announce_overdue() -> int:
    """Tell the afdelingen in the morning what is too late; gives how many are."""
    return actions.announce_overdue(today=timezone.localdate())


@shared_task
def purge_bewaard() -> int:
    """Destroy what meldingen hold of people once its term is over; gives how many rows it went through."""
    return actions.purge_bewaard(today=timezone.localdate())


@shared_task
def purge_orphan_fotos() -> int:
    """Destroy files of photos that no row knows; gives how many."""
    return actions.purge_orphan_fotos(older_than=UNSENT_FOTO_AGE)


@shared_task
def purge_unsent_fotos() -> int:
    """Destroy photos of forms that were not sent within a day; gives how many."""
    return actions.purge_unsent_fotos(before=timezone.now() - UNSENT_FOTO_AGE)
