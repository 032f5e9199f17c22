"""What clients are told: our rows in the words of the standard. Nothing here was typed by people, unless released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from basis.programmas import absolute
from meldingen.models import Categorie, Foto, Melding, Stap
from meldingen.open311.answers import CONTENT_TYPES, w3c
from meldingen.open311.rules import MAX_DESCRIPTION, STATUSES, simple_status
from meldingen.rules import Status

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: When the answers last changed their shape.
CHANGESET = "2026-11-26T00:00:00+01:00"
#: The attribute that a client fills with its own number of a melding: by that a retry is known.
NUMBER_ATTRIBUTE = "fixmystreet_id"
#: The attribute for the spot in words.
PLEK_ATTRIBUTE = "plek"

Row = dict[str, Any]


def discovery() -> Row:
    """Where this service is, and what it speaks."""
    page = absolute(reverse("open311"))
    endpoint = {
        "specification": SPECIFICATION,
        "url": absolute("/open311/v2"),
        "changeset": CHANGESET,
        "type": "test" if settings.EMBEDDED else "production",
        "formats": [content_type.partition(";")[0] for content_type in CONTENT_TYPES.values()],
    }
    return {
        "changeset": CHANGESET,
        "contact": _("Gemeente Alkmaar, 14 072. Lees meer op %(page)s") % {"page": page},
        "key_service": _("Vraag een sleutel aan zoals beschreven op %(page)s") % {"page": page},
        "endpoints": [endpoint],
    }


def service(categorie: Categorie) -> Row:
    """A category as a service; it comes with its group."""
    return {
        "service_code": categorie.slug,
        "service_name": categorie.naam,
        "description": categorie.voorbeelden,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join([categorie.thema, *(part.strip() for part in categorie.voorbeelden.split(",") if part)]),
        "group": categorie.groep.naam,
    }


def definition(categorie: Categorie) -> Row:
    """What a client may send along with a melding of this category, and what it should tell first in danger."""
    attributes = [
        _attribute(NUMBER_ATTRIBUTE, _("Uw eigen nummer van deze melding"), variable=False)
        | {"automated": "server_set"},
        _attribute(PLEK_ATTRIBUTE, _("Beschrijf de plek"), variable=True),
    ]
    if categorie.gevaar:
        attributes.insert(0, _attribute("gevaar", categorie.gevaar, variable=False))
    rows = [{**attribute, "order": order} for order, attribute in enumerate(attributes, start=1)]
    return {"service_code": categorie.slug, "attributes": rows}


def _attribute(code: str, description: str, *, variable: bool) -> Row:
    return {
        "variable": variable,
        "code": code,
        "datatype": "string",
        "required": False,
        "datatype_description": None,
        "description": description,
        "values": [],
    }


def request(melding: Melding, categorie: Categorie, step: Stap | None, foto: Foto | None) -> Row:
    """A melding as everybody may see it; `step` is its last public one, `foto` its first released photo."""
    status = Status(melding.status)
    return {
        "service_request_id": melding.nummer,
        "status": simple_status(status),
        "status_notes": _words(step) if step else None,
        "service_name": categorie.naam,
        "service_code": categorie.slug,
        "description": melding.openbare_omschrijving[:MAX_DESCRIPTION] if melding.tekst_is_openbaar else None,
        "agency_responsible": melding.doorgezet_naar or melding.afdeling.naam,
        "service_notice": _notice(melding),
        "requested_datetime": w3c(melding.created_at),
        "updated_datetime": w3c(step.at if step else melding.created_at),
        "expected_datetime": w3c(_end_of(melding)),
        "address": melding.waar,
        "address_id": None,
        "zipcode": None,
        "lat": melding.lat,
        "long": melding.lon,
        "media_url": absolute(reverse("melding_foto", args=[foto.uuid])) if foto else None,
    }


def requests(meldingen: Sequence[Melding], categorieen: Mapping[int, Categorie]) -> list[Row]:
    """Several meldingen, two queries whatever their number; the categories come along by their id."""
    steps = Stap.objects.public().latest_of(meldingen)
    photos = Foto.objects.public().first_of(meldingen)
    return [
        request(melding, categorieen[melding.categorie_id], steps.get(melding.pk), photos.get(melding.pk))
        for melding in meldingen
    ]


def receipt(melding: Melding) -> Row:
    """The answer to who sent a melding, the first time and each time again."""
    promised = date_format(melding.beloofd_op, "l j F Y")
    return {
        "service_request_id": melding.nummer,
        "service_notice": _("Uiterlijk klaar: %(date)s.") % {"date": promised},
        "account_id": None,
    }


def update(step: Stap) -> Row:
    """A public step, which comes with its melding."""
    return {
        "update_id": step.kenmerk,
        "service_request_id": step.melding.nummer,
        "status": STATUSES[Status(step.naar)],
        "updated_datetime": w3c(step.at),
        "description": _words(step),
        "media_url": None,
    }


def _words(step: Stap) -> str:
    told = " ".join(part for part in (step.wijziging, step.get_reden_display(), step.toelichting) if part)
    return f"{step.namens}: {told}" if step.namens else told


def _notice(melding: Melding) -> str | None:
    """Why there is no description, if there is none."""
    if melding.tekst_is_openbaar:
        return None
    if melding.tekst_is_beoordeeld:
        return _("De omschrijving is niet openbaar.")
    return _("De omschrijving staat hier zodra een behandelaar die openbaar maakt.")


def _end_of(melding: Melding) -> datetime:
    """The last second of the promised day."""
    return timezone.make_aware(datetime.combine(melding.beloofd_op, time(23, 59, 59)))
