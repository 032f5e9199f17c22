"""What the reporter of a melding does with it: answer a question, say whether it is solved."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import fotos
from basis.fotos import PreparedFoto
from gebieden.models import Organisatie
from meldingen import rules
from meldingen.actions import announce
from meldingen.models import Antwoord, Foto, Melding, Stap
from meldingen.rules import Status


@transaction.atomic
def answer_question(*, melding_id: int, via_versie: int, tekst: str, foto: Sequence[PreparedFoto] = ()) -> Melding:
    """Answer the question of a behandelaar: the melding goes on, and its promised date moves by the days waited.

    `via_versie` is the version of the private link that the reporter holds. Raises RuleViolation when no answer is
    waited for, PermissionDenied when the link was ended, and FotoStorageError.
    """
    melding = locked_own(melding_id, via_versie)
    rules.check_answer(melding)
    rules.check_antwoord(tekst)
    add_fotos(melding, foto)
    go_on(melding, tekst)
    return melding


@transaction.atomic
def judge_solved(
    *, melding_id: int, via_versie: int, opgelost: bool, tekst: str = "", foto: Sequence[PreparedFoto] = ()
) -> Melding:
    """Say whether it is solved; "no" reopens the melding with a new date. The last answer counts.

    Raises RuleViolation later than 28 days after closing, and for a "no" without words; PermissionDenied when the
    private link was ended; FotoStorageError.
    """
    melding = locked_own(melding_id, via_versie)
    rules.check_judge(melding, timezone.localdate())
    if opgelost:
        _keep_judgement(melding, opgelost=True, tekst=tekst)
    else:
        rules.check_antwoord(tekst)
        add_fotos(melding, foto)
        reopen(melding, tekst)
    return melding


def go_on(melding: Melding, tekst: str) -> Stap:
    """Let a locked melding that waits for its reporter go on with this answer; tells its followers, gives the step."""
    Antwoord.objects.create(stap=_asked(melding, Status.WACHT_OP_MELDER), tekst=tekst)
    told = melding.beloofd_op
    melding.end_wait(timezone.localdate())
    step = melding.record_step(
        Status.IN_BEHANDELING,
        by=None,
        toelichting=_("De melder heeft antwoord gegeven."),
        wijziging=announce.new_date(melding.beloofd_op, told) if melding.beloofd_op != told else "",
        changed=["beloofd_op", "waited_days"],
    )
    announce.step(melding, step, by_melder=True)
    return step


def reopen(melding: Melding, tekst: str) -> Stap:
    """Open a locked melding again, with a new promised date, and tell its followers; gives the step.

    What everybody reads of it are our words: those of the reporter (`tekst`) are for the behandelaar.
    """
    _keep_judgement(melding, opgelost=False, tekst=tekst)
    melding.waited_days = 0
    melding.beloofd_op = rules.promised_date(timezone.localdate(), melding.categorie.termijn_werkdagen)
    step = melding.record_step(
        Status.HEROPEND,
        by=None,
        toelichting=_("De melder zegt dat het niet is opgelost."),
        wijziging=announce.new_date(melding.beloofd_op),
        changed=["beloofd_op", "waited_days"],
    )
    announce.step(melding, step, by_melder=True)
    return step


def _keep_judgement(melding: Melding, *, opgelost: bool, tekst: str) -> None:
    """Keep what the reporter says of a locked melding that was closed; the last time counts."""
    Antwoord.objects.update_or_create(
        stap=_asked(melding, Status(melding.status)),
        defaults={"opgelost": opgelost, "tekst": tekst, "at": timezone.now()},
    )


def add_fotos(melding: Melding, foto: Sequence[PreparedFoto], *, namens: Organisatie | None = None) -> None:
    """Keep photos that came with an answer, or that an organisation (`namens`) sent with its work.

    Raises RuleViolation when they are too many, and FotoStorageError.
    """
    fotos.check_number(len(foto))
    for prepared in foto:
        Foto.add(prepared, inzending=melding.inzending, owner=melding, namens=namens)


def _asked(melding: Melding, status: Status) -> Stap:
    """The step that asked: the last one that came to `status`."""
    return Stap.objects.of(melding).that_came_to(status).latest("at", "pk")


def locked_own(melding_id: int, via_versie: int) -> Melding:
    """The locked row, for who holds a private link that still opens it."""
    melding = Melding.objects.filter(pk=melding_id).locked().for_mail().get()
    if melding.via_versie != via_versie:
        raise PermissionDenied
    return melding
