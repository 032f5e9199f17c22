from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from uuid import uuid4

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue
from pytest_django import Settings


@pytest.fixture
def queue(settings: Settings, tmp_path: Path) -> Iterator[SimpleQueue]:
    """A queue of the embedded broker, in folders of its own."""
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection(
        settings.CELERY_BROKER_URL, transport=settings.CELERY_BROKER_TRANSPORT, transport_options=options
    ) as connection:
        # Kombu remembers in the process which queues it made: each test needs another.
        yield connection.SimpleQueue(uuid4().hex)


@pytest.mark.parametrize("half", [b"", b'{"body": "W1', b"\xc3"], ids=["empty", "half", "half a letter"])
def test_half_a_message_does_not_end_the_worker(queue: SimpleQueue, tmp_path: Path, half: bytes) -> None:
    (tmp_path / "queue" / f"0_half.{queue.queue.name}.msg").write_bytes(half)
    queue.put({"tick": 1})
    message = queue.get(timeout=10)
    assert message.payload == {"tick": 1}
    message.ack()
    with pytest.raises(Empty):
        queue.get(block=False)
    assert list((tmp_path / "queue").iterdir()) == []
