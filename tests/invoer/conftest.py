"""A world to send bad input to."""

from collections.abc import Callable, Sequence

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import Settings

from basis import foto_conversion, fotos
from basis.fotos import Vlak
from tests.invoer.world import VISITORS, World, build


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.POSTVAK_DIR = settings.MEDIA_ROOT / "postvak"
    settings.EMAIL_BACKEND = "berichten.postvak.PostvakBackend"
    return build()


@pytest.fixture
def visitor(world: World) -> Callable[[str], Client]:
    """Gives a client as somebody of `world.VISITORS`; what breaks shows the page for it instead of an exception."""

    def come(who: str) -> Client:
        client = Client(raise_request_exception=False)
        VISITORS[who](client, world)
        return client

    return come


@pytest.fixture
def quick_fotos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert photos in this process: one of its own for each of a thousand tries takes too long."""

    def converted(content: bytes, vlakken: Sequence[Vlak] = ()) -> fotos.PreparedFoto:
        try:
            done = foto_conversion.convert(content, vlakken)
        except (foto_conversion.Unreadable, foto_conversion.TooManyPixels):
            raise fotos.FotoRefused("Dit bestand kunnen we niet lezen als foto.") from None
        return fotos.PreparedFoto(done.content, done.small, done.width, done.height, "0" * 64)

    monkeypatch.setattr(fotos, "_converted", converted)


@pytest.fixture
def names_read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that views ask of forms and addresses, gathered as they do."""
    names: set[str] = set()

    def noting(method: str) -> Callable[..., object]:
        original = getattr(QueryDict, method)

        def note(self: QueryDict, key: str, *args: object) -> object:
            names.add(key)
            return original(self, key, *args)

        return note

    for method in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, method, noting(method), raising=False)
    return names
