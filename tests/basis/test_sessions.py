"""A new session asks nothing before it is stored, and never takes another's place."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest import MonkeyPatch

from basis.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_new_session_is_one_insert() -> None:
    with CaptureQueriesContext(connection) as queries:
        SessionStore().create()
    assert [query["sql"].split()[0] for query in queries if "django_session" in query["sql"]] == ["INSERT"]


def test_a_key_that_is_taken_is_drawn_again(monkeypatch: MonkeyPatch) -> None:
    mine = SessionStore()
    mine["wie"] = "ik"
    mine.create()
    keys = iter([mine.session_key, "b" * 32])
    monkeypatch.setattr(SessionStore, "_get_new_session_key", lambda self: next(keys))
    other = SessionStore()
    other.create()
    assert other.session_key == "b" * 32
    assert SessionStore(mine.session_key)["wie"] == "ik"
    assert Session.objects.count() == 2
