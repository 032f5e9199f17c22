"""What time does to meldingen: who waits too long is reminded, and what is too late is told to its afdeling."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils import timezone

from basis.termijnen import is_working_day, local_date
from berichten.actions import end_follows
from meldingen import rules
from meldingen.actions import announce
from meldingen.models import Behandelaar, Melding, Stap


def remind_reporters(*, today: date) -> int:
    """Remind each reporter who has not answered for five working days, once a question; gives how many are due.

    `today` is a local date.
    """
    questions = list(Stap.objects.unanswered().select_related("melding__categorie", "melding__wijk", "melding__buurt"))
    late = [
        question
        for question in questions
        if rules.waited_days(local_date(question.at), today) >= rules.REMIND_WORKING_DAYS
    ]
    for question in late:
        announce.reminder(question.melding, question)
    return len(late)


def end_follows_of_finished(*, today: date) -> int:
    """Forget who followed meldingen that can no longer be reopened on local date `today`; gives how many."""
    since = timezone.make_aware(datetime.combine(today - timedelta(days=rules.REOPEN_DAYS), time.min))
    finished = Melding.objects.finished(since).followed().values_list("pk", flat=True)
    return end_follows(soort=rules.FOLLOWED_AS, onderwerpen=list(finished))


def announce_overdue(*, today: date) -> int:
    """Tell each afdeling on working days what it promised to have done before local date `today`.

    To the address of the afdeling where it has one, else to each of its behandelaars. Gives how many are late.
    """
    if not is_working_day(today):
        return 0
    late_ones = Melding.objects.overdue(today).for_mail().select_related("afdeling")
    rows = list(late_ones.order_by("afdeling_id", "beloofd_op", "pk"))
    for afdeling, late in groupby(rows, key=lambda melding: melding.afdeling):
        announce.overdue(afdeling, list(late), Behandelaar.objects.mailboxes_of(afdeling), today)
    return len(rows)
