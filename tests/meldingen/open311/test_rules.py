"""What Open311 makes of our statuses."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from basis.regels import RuleViolation
from meldingen.open311.rules import CLOSING, STATUSES, Extended, check_update_status, simple_status, statuses_of
from meldingen.rules import CLOSED, OPEN, Status


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_row_that_clients_take_for_open_or_closed_as_we_do(status):
    assert simple_status(status) == ("open" if status in OPEN else "closed")
    assert (STATUSES[status] in CLOSING) is (status in CLOSED)
    assert status in statuses_of([simple_status(status)])


def test_the_docs_show_the_same_table():
    page = (Path(settings.BASE_DIR) / "docs" / "open311.md").read_text()
    told = {
        status.strip(): (simple.strip(), extended.strip())
        for names, simple, extended in re.findall(
            r"^\| ([a-z_, ]+) \| (open|closed) \| ([A-Z_]+) \|$", page, re.MULTILINE
        )
        for status in names.split(",")
    }
    assert told == {str(status): (simple_status(status), str(STATUSES[status])) for status in Status}


@pytest.mark.parametrize("asked", [None, *Extended])
@pytest.mark.parametrize("status", Status)
def test_a_reporter_closes_nothing(asked, status):
    if asked in CLOSING and status in OPEN:
        with pytest.raises(RuleViolation):
            check_update_status(asked, status)
    else:
        check_update_status(asked, status)
