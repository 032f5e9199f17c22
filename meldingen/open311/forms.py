"""What clients ask and send; each mistake gets a sentence. Names are those of the standard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH, PlainText, speak_plainly
from basis.fotos import FotoStorageError, PreparedFoto
from basis.fotovelden import FotosField
from gebieden import pdok
from gebieden.pdok import Adres, PdokUnavailable
from gebieden.plaatsen import buurt_at, street_at
from meldingen.actions import Plaats
from meldingen.forms.plaatsen import outside
from meldingen.models import Categorie
from meldingen.open311 import rules
from meldingen.open311.rules import Extended
from meldingen.open311.shapes import NUMBER_ATTRIBUTE, PLEK_ATTRIBUTE
from meldingen.rules import MAX_TOELICHTING

#: As W3C writes them, and with the plus sign of a zone that became a space on the way, which is no rarity.
_W3C = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:T(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<zone>Z|[+ -]\d\d:?\d\d)?)?", re.ASCII
)
_ATTRIBUTE = re.compile(r"attribute\[([^\]]+)\](?:\[\])?")

BAD_MOMENT = _("Schrijf een datum met tijd en zone, zoals 2026-11-26T09:30:00+01:00.")


class W3CDateTimeField(forms.Field):
    """A moment with a zone; without one it is a time in Alkmaar, without a time the beginning of that day."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment in UTC, or a ValidationError."""
        if value in self.empty_values:
            return None
        found = _W3C.fullmatch(str(value).strip())
        if found is None:
            raise forms.ValidationError(BAD_MOMENT)
        zone = (found["zone"] or "").replace(" ", "+")
        try:
            moment = datetime.fromisoformat(f"{found['date']}T{found['time'] or time.min}{zone}")
            if timezone.is_naive(moment):
                moment = timezone.make_aware(moment)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(BAD_MOMENT) from error


class Repeated(forms.TextInput):
    """A parameter that may be there several times; what is empty counts as absent."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """All values, in order."""
        values = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
        return [value for value in values if value.strip()]


class CommaListField(forms.Field):
    """Values with commas between, also of a parameter that is there several times."""

    widget = Repeated

    def clean(self, value: Any) -> list[str]:
        """The values, each once; raises ValidationError for what no database can hold."""
        text = forms.CharField(required=False, error_messages=self.error_messages).clean(",".join(value))
        return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


class UrlsField(forms.Field):
    """Addresses of photos elsewhere. They are kept as text for staff and never fetched (ADR 13)."""

    widget = Repeated

    def clean(self, value: Any) -> list[str]:
        """The addresses, each once; raises ValidationError for what is none."""
        if len(value) > rules.MAX_MEDIA_URLS:
            raise forms.ValidationError(gettext("Stuur hoogstens %(max)d adressen.") % {"max": rules.MAX_MEDIA_URLS})
        check = URLValidator(schemes=["http", "https"], message=_("Dit is geen adres van een foto (http of https)."))
        for url in value:
            forms.CharField(max_length=500, error_messages=self.error_messages).clean(url)
            check(url.strip())
        return list(dict.fromkeys(url.strip() for url in value))


class Question(forms.Form):
    """What is asked or sent; `sentences` tells what is wrong with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_plainly(self.fields)

    @property
    def sentences(self) -> list[str]:
        """Each mistake, with the name of its parameter."""
        return [
            str(message) if name == NON_FIELD_ERRORS else f"{name}: {message}"
            for name, messages in self.errors.items()
            for message in messages
        ]


class PageQuestion(Question):
    """Which part of a list."""

    start_date = W3CDateTimeField(required=False)
    end_date = W3CDateTimeField(required=False)
    page = forms.IntegerField(required=False, min_value=1)
    page_size = forms.IntegerField(required=False, min_value=1, max_value=rules.MAX_ROWS)

    def clean(self) -> dict[str, Any]:
        """The rows asked for as a slice under `rows`; not too far back."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            size = values["page_size"] or rules.MAX_ROWS
            last = (values["page"] or 1) * size
            if last > rules.MAX_DEPTH:
                sentence = gettext(
                    "Zo ver terugbladeren kan niet. Vraag een kortere periode met start_date en end_date."
                )
                raise forms.ValidationError({"page": sentence})
            values["rows"] = slice(last - size, last)
        return values


class RequestsQuestion(PageQuestion):
    """Which meldingen."""

    service_request_id = CommaListField(required=False)
    service_code = CommaListField(required=False)
    status = CommaListField(required=False)

    def __init__(self, data: MultiValueDict[str, str]) -> None:
        numbers = [value for value in data.getlist("service_request_id") if value.strip()]
        # Who names numbers asks for nothing else, whatever else is there.
        super().__init__(MultiValueDict({"service_request_id": numbers}) if numbers else data)

    def clean_service_request_id(self) -> list[str]:
        """No more numbers than an answer holds."""
        numbers: list[str] = self.cleaned_data["service_request_id"]
        if len(numbers) > rules.MAX_ROWS:
            raise forms.ValidationError(gettext("Vraag hoogstens %(max)d nummers.") % {"max": rules.MAX_ROWS})
        return numbers

    def clean_status(self) -> set[str]:
        """`open`, `closed`, both or none."""
        asked = {value.lower() for value in self.cleaned_data["status"]}
        if asked - {"open", "closed"}:
            raise forms.ValidationError(gettext("Kies open of closed."))
        return asked


class Sender(Question):
    """Who speaks; only staff see it."""

    first_name = forms.CharField(required=False, max_length=60)
    last_name = forms.CharField(required=False, max_length=59)
    email = forms.EmailField(required=False, max_length=EMAIL_LENGTH)
    phone = forms.CharField(required=False, max_length=20)
    media_url = UrlsField(required=False)


class RequestForm(Sender):
    """A melding as a client sends it. `categorie` is the one of its `service_code`, which exists."""

    lat = forms.FloatField(required=False)
    long = forms.FloatField(required=False)
    address_string = forms.CharField(required=False, max_length=200)
    address_id = forms.CharField(required=False, max_length=100)
    description = PlainText(required=False, max_length=rules.MAX_DESCRIPTION)
    device_id = forms.CharField(required=False, max_length=200)
    deviceid = forms.CharField(required=False, max_length=200)
    account_id = forms.CharField(required=False, max_length=200)

    #: By which a melding is known again when there is no number: who says what about which place.
    CONTENT = (
        *("lat", "long", "address_string", "address_id", "description", "device_id", "deviceid", "account_id"),
        *("first_name", "last_name", "email", "phone", "media_url"),
    )

    def __init__(
        self, data: MultiValueDict[str, str], files: MultiValueDict[str, Any], *, categorie: Categorie
    ) -> None:
        super().__init__(data)
        self.categorie = categorie
        self.uploads = [upload for name in files for upload in files.getlist(name)]
        self.attributes = dict(_attributes(data))

    def clean(self) -> dict[str, Any]:
        """Is there a place, and is the number no longer than we can keep."""
        values = super().clean() or self.cleaned_data
        for code, field in (
            (NUMBER_ATTRIBUTE, forms.CharField(required=False, max_length=100)),
            (PLEK_ATTRIBUTE, forms.CharField(required=False, max_length=300)),
        ):
            try:
                values[code] = field.clean(self.attributes.get(code, ""))
            except forms.ValidationError as error:
                self.add_error(None, [f"attribute[{code}]: {message}" for message in error.messages])
        has_lat, has_long = (values.get(name) is not None for name in ("lat", "long"))
        if has_lat != has_long and not {"lat", "long"} & self.errors.keys():
            self.add_error(None, gettext("Stuur lat en long allebei."))
        elif not (has_lat or values.get("address_id") or values.get("address_string") or self.errors):
            self.add_error(None, gettext("Stuur de plek: lat en long, address_string of address_id."))
        return values

    @property
    def number(self) -> str:
        """The number that the melding has over there, or nothing."""
        return str(self.cleaned_data[NUMBER_ATTRIBUTE])

    @property
    def kenmerk(self) -> str:
        """By what this melding is known when it comes again."""
        if self.number:
            return rules.kenmerk_of_number(self.number)
        words = [(name, str(self.cleaned_data.get(name) or "")) for name in self.CONTENT]
        words += [("service_code", self.categorie.slug), *self.attributes.items()]
        return rules.kenmerk_of_content(words, (_digest(upload) for upload in self.uploads))

    def find_plaats(self) -> Plaats | None:
        """Where it is, asking PDOK for what was not sent; None with a sentence when that is nowhere in Alkmaar."""
        values = self.cleaned_data
        adres, plek = values["address_string"], values[PLEK_ATTRIBUTE]
        lat, lon, straat = values["lat"], values["long"], ""
        if lat is None:
            found = self._address()
            if found is None:
                return None
            lat, lon, straat = found.lat, found.lon, found.straat
        buurt = buurt_at(lat, lon)
        if buurt is None:
            self.add_error(None, outside(lat, lon))
            return None
        return Plaats(
            wijk=buurt.wijk,
            buurt=buurt,
            lat=lat,
            lon=lon,
            straat=straat or street_at(lat, lon),
            adres=adres,
            plek=plek,
        )

    def accepted_fotos(self) -> list[PreparedFoto]:
        """The photos that came along, re-encoded; a sentence for each that can't be used. Raises FotoStorageError."""
        fotos = FotosField().clean(self.uploads)
        if fotos.out:
            raise FotoStorageError
        for sentence in fotos.refused:
            self.add_error(None, sentence)
        return fotos.accepted

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.deliver_melding` takes, without the place."""
        values = self.cleaned_data
        return {
            "categorie": self.categorie,
            "omschrijving": values["description"],
            "naam": f"{values['first_name']} {values['last_name']}".strip(),
            "email": values["email"],
            "telefoon": values["phone"],
            "media_urls": values["media_url"],
        }

    def _address(self) -> Adres | None:
        """What PDOK knows under the id, else under the words; None with a sentence."""
        identifier, words = self.cleaned_data["address_id"], self.cleaned_data["address_string"]
        try:
            found = pdok.lookup(identifier) if identifier else None
            # A postcode or a whole village is no spot to send somebody to.
            found = found or next((adres for adres in pdok.find(words) if adres.straat), None)
        except PdokUnavailable:
            self.add_error(
                None, gettext("We kunnen dit adres nu niet opzoeken. Stuur lat en long, of probeer het later opnieuw.")
            )
            return None
        if found is None:
            self.add_error(None, gettext("We vinden dit adres niet in Alkmaar. Stuur lat en long."))
        return found


class UpdateForm(Sender):
    """What a reporter adds to a melding through a client."""

    service_request_id = forms.CharField(max_length=100)
    update_id = forms.CharField(max_length=100)
    status = forms.CharField(required=False, max_length=40)
    updated_datetime = W3CDateTimeField(required=False)
    description = PlainText(required=False, max_length=MAX_TOELICHTING)

    def clean_status(self) -> Extended | None:
        """One of the statuses in use, whatever its case; None where there is none."""
        if not self.cleaned_data["status"]:
            return None
        try:
            return Extended(self.cleaned_data["status"].upper())
        except ValueError as error:
            raise forms.ValidationError(
                gettext("Deze status kennen we niet. Kies uit: %(known)s.") % {"known": ", ".join(Extended)}
            ) from error

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.add_aanvulling` takes, without the melding."""
        values = self.cleaned_data
        return {
            "update_id": values["update_id"],
            "tekst": values["description"],
            "media_urls": values["media_url"],
            "email": values["email"],
            "reopens": values["status"] == Extended.REOPEN,
        }


def _attributes(data: MultiValueDict[str, str]) -> Iterator[tuple[str, str]]:
    """What stands in `attribute[code]` and `attribute[code][]`, several values with commas between."""
    for name in data:
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            yield found[1], ",".join(data.getlist(name))


def _digest(upload: Any) -> str:
    """A hash of what is in a file, which is read again later."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
