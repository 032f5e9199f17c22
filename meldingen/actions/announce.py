"""What the reporter of a melding is told by mail, and whoever saw the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from basis import via
from basis.programmas import absolute
from basis.termijnen import local_date
from berichten import outbox
from berichten.actions import abonnement_link
from berichten.models import Abonnement
from gebruikers.models import Afdeling
from meldingen.models import Deeltaak, Emailwijziging, Melding, Stap
from meldingen.rules import (
    ASKING,
    EMAIL_LINK,
    EMAIL_LINK_VERSION,
    ENTERED_BY_STAFF,
    FOLLOWED_AS,
    OWN_LINK,
    QUESTION_LINK,
    REOPEN_DAYS,
    UNCONFIRMED_EMAIL_TERM,
    Status,
)

#: So many late ones are named in the mail of the day; the rest is counted.
MOST_NAMED = 20


def about(melding: Melding) -> str:
    """How the key of every message about `melding` begins."""
    return f"melding:{melding.nummer}:"


def received(melding: Melding) -> None:
    """Confirm that a melding came in, with its number, the promised date and the private link."""
    outbox.enqueue(
        key=f"{about(melding)}ontvangen",
        to=melding.email,
        template="melding_ontvangen",
        context={
            **_about(melding),
            "omschrijving": melding.omschrijving,
            "ingevoerd": melding.kanaal in ENTERED_BY_STAFF,
        },
    )


def step(melding: Melding, step: Stap, *, news: str = "", by_melder: bool = False) -> None:
    """Tell of a step: the reporter, and where it is public whoever reported the same or follows either.

    `news` is what the subject says where that is not the status; `by_melder` that it is the reporter's own step.
    Each address hears of it once. What stands with a melding that is not public is for its own reporter alone.
    """
    told = {melding.email.lower()}
    # What the reporter did need not be told to the reporter.
    if not by_melder:
        _tell_reporter(melding, step, news)
    if not step.openbaar:
        return
    doubles = list(Melding.objects.filter(eerste=melding).for_mail())
    for double in doubles:
        if double.email.lower() not in told:
            told.add(double.email.lower())
            _tell_reporter(double, step, news)
    for volger in Abonnement.objects.of(FOLLOWED_AS, melding.pk, *(double.pk for double in doubles)).confirmed():
        if volger.email not in told:
            told.add(volger.email)
            _tell_follower(volger, melding, step, news)


def reminder(melding: Melding, question: Stap) -> None:
    """Remind the reporter of a question that waits for an answer, once."""
    outbox.enqueue(
        key=f"{about(melding)}{question.pk}:herinnering",
        to=melding.email,
        template="melding_herinnering",
        context={
            **_about(melding),
            "vraag": question.toelichting,
            "gevraagd_op": date_format(local_date(question.at), "l j F Y"),
            "vraag_url": _question_link(melding),
        },
    )


def email_asked(melding: Melding, wijziging: Emailwijziging) -> None:
    """Ask whoever reads mail at a new address whether it is theirs; says no more of the melding than its number."""
    outbox.enqueue(
        key=f"{about(melding)}email:{wijziging.pk}",
        to=wijziging.email,
        template="melding_email_bevestigen",
        context={
            "nummer": melding.nummer_leesbaar,
            "dagen": UNCONFIRMED_EMAIL_TERM.days,
            "url": via.address(EMAIL_LINK, wijziging.pk, EMAIL_LINK_VERSION),
        },
        # Who opens it becomes the reporter.
        secret=True,
    )


def email_changed(melding: Melding, was: str) -> None:
    """Say farewell to the address that `melding` had, if it had one, and give the new one its private link."""
    outbox.enqueue(
        key=f"{about(melding)}email_weg:{melding.via_versie}",
        to=was,
        template="melding_email_weg",
        context={"nummer": melding.nummer_leesbaar},
    )
    outbox.enqueue(
        key=f"{about(melding)}email_nieuw:{melding.via_versie}",
        to=melding.email,
        template="melding_email_nieuw",
        context=_about(melding),
    )


def overdue(afdeling: Afdeling, late: Sequence[Melding], addresses: Iterable[str], today: date) -> None:
    """Tell an afdeling what is too late on local date `today`, once a day."""
    context = {
        "afdeling": afdeling.naam,
        "aantal": len(late),
        "url": absolute(reverse("behandelen")) + "?toon=te_laat",
        "meldingen": [
            {
                **public_facts(melding),
                "url": _file_of(melding),
            }
            for melding in late[:MOST_NAMED]
        ],
        "meer": max(0, len(late) - MOST_NAMED),
    }
    for address in addresses:
        outbox.enqueue(
            key=f"te_laat:{afdeling.pk}:{today}:{address}", to=address, template="meldingen_te_laat", context=context
        )


def asked_part(deeltaak: Deeltaak, addresses: Iterable[str]) -> None:
    """Tell an afdeling that it was asked to do a part of a melding, which comes with its category and place."""
    context = {
        "van": deeltaak.melding.afdeling.naam,
        "afdeling": deeltaak.afdeling.naam,
        "gereed_voor": date_format(deeltaak.gereed_voor, "l j F Y"),
        "url": _file_of(deeltaak.melding),
    }
    _tell_of_part("gevraagd", deeltaak, deeltaak.melding, addresses, context)


def finished_part(deeltaak: Deeltaak, melding: Melding, still_open: int, addresses: Iterable[str]) -> None:
    """Tell the afdeling of a melding that another one did its part, and how many parts are still open."""
    context = {
        "door": deeltaak.afdeling.naam,
        "uitleg": deeltaak.uitleg,
        "nog_open": still_open,
        "url": _file_of(melding),
    }
    _tell_of_part("gereed", deeltaak, melding, addresses, context)


def withdrawn_part(deeltaak: Deeltaak, melding: Melding, addresses: Iterable[str]) -> None:
    """Tell an afdeling that its part need not be done any more."""
    context = {"van": melding.afdeling.naam, "uitleg": deeltaak.uitleg}
    _tell_of_part("ingetrokken", deeltaak, melding, addresses, context)


def new_date(now: date, was: date | None = None) -> str:
    """What everybody reads of a new promised date; `was` is the one that was told before, where that helps."""
    told = _("Nieuwe datum: %(datum)s.") % {"datum": date_format(now, "l j F Y")}
    if was is None:
        return told
    return told + " " + _("Eerder beloofden we %(datum)s.") % {"datum": date_format(was, "l j F Y")}


def _tell_of_part(
    what: str, deeltaak: Deeltaak, melding: Melding, addresses: Iterable[str], context: dict[str, Any]
) -> None:
    """Tell an afdeling what became of a part of a melding; nothing in it says who reported it."""
    about = {"nummer": melding.nummer_leesbaar, "categorie": melding.categorie.naam, "waar": melding.waar}
    for address in addresses:
        outbox.enqueue(
            key=f"deeltaak:{deeltaak.pk}:{what}:{address}",
            to=address,
            template=f"deeltaak_{what}",
            context={**about, "wat": deeltaak.wat, **context},
        )


def _file_of(melding: Melding) -> str:
    """Where staff find everything about a melding."""
    return absolute(reverse("behandelen_melding", args=[melding.nummer]))


def _question_link(melding: Melding) -> str:
    """The private link straight to what the reporter is asked."""
    return via.address(QUESTION_LINK, melding.pk, melding.via_versie)


def _tell_reporter(melding: Melding, step: Stap, news: str) -> None:
    """Tell who reported `melding` of its own step, or of one of the first that it is a double of."""
    outbox.enqueue(
        key=f"{about(melding)}{step.pk}:melder",
        to=melding.email,
        template="melding_status",
        context={
            **_about(melding),
            "nieuws": news or Status(step.naar).label,
            "status": Status(step.naar).label,
            "wijziging": step.wijziging,
            "toelichting": step.toelichting,
            "namens": step.namens.naam if step.namens else "",
            "is_open": melding.is_open,
            "is_dubbel": step.melding_id != melding.pk,
            "reden": step.get_reden_display(),
            **_asked(melding, step),
        },
    )


def _tell_follower(volger: Abonnement, melding: Melding, step: Stap, news: str) -> None:
    """Tell somebody else who saw the same: what everybody may know, and how to stop."""
    outbox.enqueue(
        key=f"{about(melding)}{step.pk}:volger:{volger.pk}",
        to=volger.email,
        template="melding_volger",
        context={
            **public_facts(melding),
            "nieuws": news or Status(step.naar).label,
            "status": Status(step.naar).label,
            "wijziging": step.wijziging,
            "toelichting": step.toelichting,
            "namens": step.namens.naam if step.namens else "",
            "reden": step.get_reden_display(),
            "is_open": melding.is_open,
            "url": absolute(melding.get_absolute_url()),
            "stop_url": abonnement_link(volger),
        },
    )


def _asked(melding: Melding, step: Stap) -> dict[str, Any]:
    """What a step asks of the reporter of this very melding, if it asks something: where to answer, and until when."""
    if step.melding_id != melding.pk or step.naar not in ASKING or step.van == step.naar:
        return {}
    until = local_date(step.at) + timedelta(days=REOPEN_DAYS)
    return {
        "vraagt": step.naar,
        "vraag_url": _question_link(melding),
        "vraag_tot": date_format(until, "l j F Y"),
    }


def public_facts(melding: Melding) -> dict[str, Any]:
    """What every mail says about a melding, and everybody may know."""
    return {
        "nummer": melding.nummer_leesbaar,
        "categorie": melding.categorie.naam,
        "waar": melding.waar,
        "beloofd_op": date_format(melding.beloofd_op, "l j F Y"),
    }


def _about(melding: Melding) -> dict[str, Any]:
    """What every mail to a reporter says about the melding."""
    return {
        **public_facts(melding),
        "naam": melding.naam,
        "url": via.address(OWN_LINK, melding.pk, melding.via_versie),
    }
