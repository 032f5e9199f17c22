"""What the reporter of a melding is told, by mail where there is an address."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format

from basis import via
from berichten import outbox
from meldingen.models import Melding, Stap
from meldingen.rules import Status


def received(melding: Melding) -> None:
    """Confirm that a melding came in, with its number, the promised date and the private link."""
    outbox.enqueue(
        key=f"melding:{melding.nummer}:ontvangen",
        to=melding.email,
        template="melding_ontvangen",
        context={**_about(melding), "omschrijving": melding.omschrijving},
    )


def step(melding: Melding, step: Stap) -> None:
    """Tell of a step of `melding`, or of the first one that it is a double of.

    What stands with a first one that is not public is for its own reporter alone.
    """
    if step.melding_id != melding.pk and not step.openbaar:
        return
    outbox.enqueue(
        key=f"melding:{melding.nummer}:{step.pk}:melder",
        to=melding.email,
        template="melding_status",
        context={
            **_about(melding),
            "status": Status(step.naar).label,
            "wijziging": step.wijziging,
            "toelichting": step.toelichting,
            "is_open": melding.is_open,
            "is_dubbel": step.melding_id != melding.pk,
            "wacht_op_melder": melding.waits_for_melder,
        },
    )


def _about(melding: Melding) -> dict[str, Any]:
    """What every mail to a reporter says about the melding."""
    return {
        "nummer": melding.nummer_leesbaar,
        "categorie": melding.categorie.naam,
        "waar": melding.waar,
        "naam": melding.naam,
        "beloofd_op": date_format(melding.beloofd_op, "l j F Y"),
        "url": via.address("melding", melding.pk, melding.via_versie),
    }
