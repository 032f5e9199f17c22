"""The areas of Alkmaar, and a PDOK on this machine."""

import pytest

from gebieden.actions import import_gebieden
from gebieden.register import BUURTEN_FILE, Register, read_indeling, read_register
from tests.pdok_server import pdok

__all__ = ["pdok"]


@pytest.fixture(scope="session")
def alkmaar_register() -> Register:
    """Our own copy of the register, read once."""
    return read_register(BUURTEN_FILE, read_indeling())


@pytest.fixture
def alkmaar(db: None, alkmaar_register: Register) -> None:
    """The 5 gebieden, 11 wijken and 66 buurten, in the database of this test."""
    import_gebieden(alkmaar_register)
