"""What a row of the bench may know of the filled database, and how it writes a request."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from bench.fill import COORDINATOR, SEED
from gebieden.models import Buurt, Gebied, Wijk
from gebruikers.models import Gebruiker
from gebruikers.second_factor import record_enrolment
from meldingen.models import Categorie, Melding

HOST = "bench.example"
CSRF = "a" * 32


class World:
    """The municipality that is measured; whatever is drawn by lot is the same in every run."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)

    @cached_property
    def areas(self) -> list[str]:
        """The address of the page of every gebied, wijk and dorp."""
        areas = [*Gebied.objects.current(), *Wijk.objects.for_page(), *Buurt.objects.for_page()]
        return [area.get_absolute_url() for area in areas]

    @cached_property
    def pins(self) -> list[tuple[float, float]]:
        """Places in the municipality: latitude and longitude."""
        found = Melding.objects.order_by("pk").values_list("lat", "lon")[:200]
        return [(lat, lon) for lat, lon in found if lat is not None and lon is not None]

    @cached_property
    def nummers(self) -> list[str]:
        """Numbers of meldingen."""
        return list(Melding.objects.order_by("pk").values_list("nummer", flat=True)[:200])

    @cached_property
    def wijken(self) -> list[str]:
        """The slugs of the wijken, where most people live first."""
        return list(Wijk.objects.current().order_by("-inwoners").values_list("slug", flat=True))

    @cached_property
    def categorieen(self) -> list[str]:
        """The slugs of the categories, the most frequent first."""
        return list(Categorie.objects.order_by("groep__volgorde", "volgorde").values_list("slug", flat=True))

    @cached_property
    def coordinator(self) -> str:
        """The cookies of a medewerker who is signed in and handles the meldingen of all afdelingen."""
        gebruiker = Gebruiker.objects.get(email=COORDINATOR)
        Authenticator.objects.get_or_create(user=gebruiker, type=Authenticator.Type.TOTP, data={"secret": ""})
        client = Client()
        client.force_login(gebruiker)
        request = HttpRequest()
        request.session, request.user = client.session, gebruiker
        record_enrolment(request)
        request.session.save()
        return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"

    def get(self, path: str, cookies: str = "") -> bytes:
        """A GET as a browser sends it, through the proxy that speaks TLS."""
        return self._request("GET", path, cookies)

    def post(self, path: str, fields: Mapping[str, object], cookies: str = "") -> bytes:
        """A POST of a form, with its CSRF token and cookie."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF}).encode()
        cookie = f"{settings.CSRF_COOKIE_NAME}={CSRF}"
        return self._request("POST", path, f"{cookie}; {cookies}" if cookies else cookie, body)

    def _request(self, method: str, path: str, cookies: str, body: bytes = b"") -> bytes:
        # Every request comes from somebody else, so that no limit for one visitor ends the measurement.
        address = ".".join(["10", *(str(self.chance.randrange(1, 255)) for _part in range(3))])
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {HOST}",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language: nl,en-US;q=0.7,en;q=0.3",
            "Accept-Encoding: gzip, deflate, br",
            "X-Forwarded-Proto: https",
            f"X-Forwarded-For: {address}",
            "Connection: close",
        ]
        if cookies:
            lines.append(f"Cookie: {cookies}")
        if method == "POST":
            lines += [
                f"Origin: https://{HOST}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", ""]).encode() + body
