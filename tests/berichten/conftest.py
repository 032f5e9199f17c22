"""A message of the tests' own: template `proef` stands beside those of the portal."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from berichten.models import Bericht

HERE = Path(__file__).parent
CONTEXT = {"wie": "Jan", "tekst": "Regel een.", "url": "http://localhost:8000/via/abc/"}


@pytest.fixture(autouse=True)
def proef_template(settings: Settings) -> None:
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(HERE / "templates")
    settings.TEMPLATES = templates


@pytest.fixture
def make_bericht(db: None) -> Callable[..., Bericht]:
    """A waiting message, or whatever else is asked for."""

    def make(**fields: Any) -> Bericht:
        values = {"key": f"proef:{uuid4()}", "to": "jan@voorbeeld.example", "template": "proef", "context": CONTEXT}
        return Bericht.objects.create(**{**values, **fields})

    return make
