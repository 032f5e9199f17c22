"""What is cleaned up every night."""

from celery import shared_task

from gebruikers import actions


@shared_task
def purge_unconfirmed() -> None:
    """Delete accounts whose address nobody proved to own."""
    actions.purge_unconfirmed()


@shared_task
def purge_sessions() -> None:
    """Delete sessions that are over."""
    actions.purge_sessions()
