"""What the maker of an idea is told by mail, and the Gebiedsteam."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from basis import via
from basis.programmas import absolute
from berichten import outbox
from gebieden.models import Gebied
from initiatieven.models import Initiatief, Stap
from initiatieven.rules import MAIL_LINK, Status, is_late

#: So many are named in the mail of the morning; the rest is counted.
MOST_NAMED = 20


def kept(initiatief: Initiatief) -> None:
    """Give the maker the private link to a new concept; opened from the mail it proves the address too."""
    outbox.enqueue(
        key=f"initiatief:{initiatief.nummer}:bewaard",
        to=initiatief.email,
        template="initiatief_bewaard",
        context={**_about(initiatief), "eerst_gemeld": bool(initiatief.first_reported_at)},
    )


def offered(initiatief: Initiatief, step: Stap) -> None:
    """Confirm to the maker that the Gebiedsteam has it, and before when it answers."""
    assert initiatief.beloofd_op is not None  # noqa: S101  (what is offered has a date)
    outbox.enqueue(
        key=f"initiatief:{initiatief.nummer}:{step.pk}:maker",
        to=initiatief.email,
        template="initiatief_aangeboden",
        context={
            **_about(initiatief),
            "beloofd_op": date_format(initiatief.beloofd_op, "l j F Y"),
            "wat": initiatief.wat,
            "waarom": initiatief.waarom,
        },
    )


def looked_at(initiatief: Initiatief, step: Stap) -> None:
    """Tell the maker what the Gebiedsteam thinks of it."""
    outbox.enqueue(
        key=f"initiatief:{initiatief.nummer}:{step.pk}:maker",
        to=initiatief.email,
        template="initiatief_bekeken",
        context={**_about(initiatief), "geplaatst": step.naar == Status.IDEE, "toelichting": step.toelichting},
    )


def waiting(gebied: Gebied, due: Sequence[Initiatief], addresses: Iterable[str], today: date) -> None:
    """Tell a Gebiedsteam which ideas wait until local date `today` or are too late, once a day."""
    context = {
        "gebied": gebied.naam,
        "aantal": len(due),
        "url": absolute(reverse("gebiedsteam_initiatieven")),
        "ideeen": [
            {
                "titel": one.titel,
                "nummer": one.nummer_leesbaar,
                "laat": is_late(one, today),
                "url": absolute(reverse("gebiedsteam_initiatief", args=[one.nummer])),
            }
            for one in due[:MOST_NAMED]
        ],
        "meer": max(0, len(due) - MOST_NAMED),
    }
    for address in addresses:
        outbox.enqueue(
            key=f"ideeen_wachten:{gebied.pk}:{today}:{address}", to=address, template="ideeen_wachten", context=context
        )


def _about(initiatief: Initiatief) -> dict[str, Any]:
    """What every mail to a maker says about the idea."""
    return {
        "nummer": initiatief.nummer_leesbaar,
        "titel": initiatief.titel,
        "naam": initiatief.naam,
        "waar": initiatief.waar,
        "url": via.address(MAIL_LINK, initiatief.pk, initiatief.via_versie),
    }
