"""The example ideas, written as they would have gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from alkmaar_portal.voorbeelddata import texts
from basis.termijnen import local_date
from gebieden.models import Buurt, Wijk
from gebieden.tegels import cel
from gebruikers.models import Gebruiker
from initiatieven.models import Initiatief, Stap
from initiatieven.rules import Status, look_before

#: The Gebiedsteam looked at each idea so long after it was offered; who took it back did so later.
LOOKED_AFTER, WITHDRAWN_AFTER = timedelta(hours=20), timedelta(days=12)


def write_ideeen(bewoner: Gebruiker, rng: Random) -> None:
    """Store the ideas of `ideeen.toml`; a concept that is `eigen` is the one of the example resident."""
    wijken = {wijk.slug: wijk for wijk in Wijk.objects.for_choice()}
    buurten = list(Buurt.objects.current().with_wijk().order_by("gebiednummer"))
    nummers = rng.sample(range(10_000_000, 100_000_000), 100)
    for idee in texts.read_ideeen():
        wijk = wijken.get(idee["wijk"])
        if wijk is None:
            continue
        inside = [buurt for buurt in buurten if buurt.wijk_id == wijk.pk]
        dorp = next((buurt for buurt in inside if buurt.slug == idee.get("dorp")), None)
        place = (dorp or rng.choice(inside)) if idee.get("pin") and inside else dorp
        _write(idee, wijk, place, bewoner if idee.get("eigen") else None, str(nummers.pop()))


def _write(idee: dict[str, Any], wijk: Wijk, buurt: Buurt | None, maker: Gebruiker | None, nummer: str) -> None:
    """One idea with its steps."""
    now = timezone.now()
    status = Status(idee["status"])
    began = now - timedelta(days=idee["dagen"], hours=3)
    offered = None if status == Status.CONCEPT else began + timedelta(hours=1)
    looked = offered + LOOKED_AFTER if offered and status in (Status.IDEE, Status.INGETROKKEN) else None
    ended = looked + WITHDRAWN_AFTER if looked and status == Status.INGETROKKEN else None
    has_pin = bool(idee.get("pin") and buurt)
    initiatief = Initiatief.objects.create(
        nummer=nummer,
        status=status,
        **{name: idee.get(name, "") for name in ("titel", "wat", "waarom", "thema", "doelgroep", "hulp")},
        bereik=idee["bereik"],
        gebied=wijk.gebied,
        wijk=wijk,
        buurt=buurt,
        lat=buurt.label_lat if buurt and has_pin else None,
        lon=buurt.label_lon if buurt and has_pin else None,
        cel=cel(buurt.label_lat, buurt.label_lon) if buurt and has_pin else None,
        soort=idee.get("soort", "bewoner"),
        organisatie_naam=idee.get("organisatie", ""),
        maker=maker,
        naam=maker.naam if maker else "Voorbeeldmaker",
        email=(maker.email or "") if maker else "maker@voorbeeld.example",
        email_confirmed_at=offered,
        created_at=began,
        offered_at=offered,
        beloofd_op=look_before(local_date(offered)) if offered else None,
        published_at=looked,
        ended_at=ended,
    )
    Stap.objects.bulk_create(_steps(initiatief, began, offered, looked, ended))


def _steps(initiatief: Initiatief, began: datetime, *later: datetime | None) -> list[Stap]:
    """The steps of `initiatief`, as far as it came; everybody reads those from idea on."""
    words = ["", "Een mooi plan. We hopen dat veel buren meedoen.", "We kregen de groep niet rond."]
    steps = [Stap(initiatief=initiatief, van="", naar=Status.CONCEPT, at=began)]
    to = (Status.AANGEBODEN, Status.IDEE, Status.INGETROKKEN)
    for status, at, text in zip(to, later, words, strict=True):
        if at:
            public = status != Status.AANGEBODEN
            steps.append(
                Stap(initiatief=initiatief, van=steps[-1].naar, naar=status, at=at, toelichting=text, openbaar=public)
            )
    return steps
