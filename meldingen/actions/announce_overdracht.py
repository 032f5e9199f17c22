"""What organisations are told by mail of what was handed over to them, and the afdeling of what they do with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from basis import via
from basis.programmas import absolute
from berichten import outbox
from meldingen.actions.announce import public_facts
from meldingen.models import Behandelaar, Navraag, Overdracht
from meldingen.rules import OVERDRACHT_LINK


def sent(overdracht: Overdracht, *, again: bool = False) -> None:
    """Send the link: the first time, or `again`, when the one before works no longer."""
    _tell_organisatie(overdracht, overdracht.link_key, "opnieuw" if again else "nieuw", overdracht.vraag)


def reminder(overdracht: Overdracht) -> None:
    """Remind the organisation, once for each link that it got, of what it did not take yet."""
    key = f"overdracht:{overdracht.pk}:herinnering:{overdracht.versie}"
    _tell_organisatie(overdracht, key, "herinnering", overdracht.vraag)


def answered(overdracht: Overdracht, navraag: Navraag) -> None:
    """Give the organisation the answer to what it asked."""
    _tell_organisatie(overdracht, f"overdracht:{overdracht.pk}:antwoord:{navraag.pk}", "antwoord", navraag.antwoord)


def withdrawn(overdracht: Overdracht) -> None:
    """Tell the organisation that it need not do anything any more."""
    _tell_organisatie(overdracht, f"overdracht:{overdracht.pk}:ingetrokken", "ingetrokken", "")


def asked(overdracht: Overdracht, navraag: Navraag) -> None:
    """Tell the afdeling what the organisation asks."""
    _tell_afdeling(overdracht, f"vraag:{navraag.pk}", "vraag", navraag.tekst)


def given_back(overdracht: Overdracht, toelichting: str) -> None:
    """Tell the afdeling that it has the melding again."""
    _tell_afdeling(overdracht, "terug", "terug", toelichting)


def not_taken(overdracht: Overdracht) -> None:
    """Tell the afdeling, once for each link, that the organisation did not take it after a reminder either."""
    _tell_afdeling(overdracht, f"wacht:{overdracht.versie}", "wacht", "")


def _tell_organisatie(overdracht: Overdracht, key: str, nieuws: str, words: str) -> None:
    """One mail to the organisation; it says no more of the melding than everybody may know."""
    outbox.enqueue(
        key=key,
        to=overdracht.organisatie.email_meldingen,
        template="overdracht_organisatie",
        context={
            **public_facts(overdracht.melding),
            "organisatie": overdracht.organisatie.naam,
            "nieuws": nieuws,
            "tekst": words,
            "kenmerk": overdracht.kenmerk,
            "url": via.address(OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie),
        },
    )


def _tell_afdeling(overdracht: Overdracht, what: str, nieuws: str, words: str) -> None:
    """One mail to the afdeling that handed it over, or to each of its behandelaars where it has no address."""
    melding = overdracht.melding
    context: dict[str, Any] = {
        **public_facts(melding),
        "organisatie": overdracht.organisatie.naam,
        "nieuws": nieuws,
        "tekst": words,
        "url": absolute(reverse("behandelen_melding", args=[melding.nummer])),
    }
    for address in Behandelaar.objects.mailboxes_of(melding.afdeling):
        outbox.enqueue(
            key=f"overdracht:{overdracht.pk}:{what}:{address}",
            to=address,
            template="overdracht_afdeling",
            context=context,
        )
