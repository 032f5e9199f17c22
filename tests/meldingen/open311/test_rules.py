"""What Open311 makes of our statuses."""

import pytest

from basis.regels import RuleViolation
from meldingen.open311.rules import CLOSING, STATUSES, Extended, check_update_status, simple_status, statuses_of
from meldingen.rules import CLOSED, OPEN, Status


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_row_that_clients_take_for_open_or_closed_as_we_do(status):
    assert simple_status(status) == ("open" if status in OPEN else "closed")
    assert (STATUSES[status] in CLOSING) is (status in CLOSED)
    assert status in statuses_of([simple_status(status)])


@pytest.mark.parametrize("asked", [None, *Extended])
@pytest.mark.parametrize("status", Status)
def test_a_reporter_closes_nothing(asked, status):
    if asked in CLOSING and status in OPEN:
        with pytest.raises(RuleViolation):
            check_update_status(asked, status)
    else:
        check_update_status(asked, status)
