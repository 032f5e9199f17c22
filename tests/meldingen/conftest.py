import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from basis import fotos
from tests.factories import GebruikerFactory, jpeg


def picture(colour):
    """A small JPEG of one colour, as a browser sends it."""
    return SimpleUploadedFile(f"{colour}.jpg", jpeg(colour), "image/jpeg")


@pytest.fixture
def prepared():
    """Gives prepared photos by colour; each is converted once a test."""
    known = {}

    def make(colour):
        if colour not in known:
            known[colour] = fotos.prepare(picture(colour))
        return known[colour]

    return make


@pytest.fixture
def bewoner(db):
    return GebruikerFactory()


@pytest.fixture
def client_of_somebody_else():
    """A second visitor."""
    return Client()
