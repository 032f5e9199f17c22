"""Load: a few clients that each send the next request as soon as they have the last answer.

Every request has a connection of its own, for gunicorn's sync workers close it after each answer. Clients are
processes on this machine: they share its cores with the portal, in the same way for everything that is compared.
"""

from __future__ import annotations

import multiprocessing
import socket
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

CLIENTS = 4
#: Long enough for every client to stand ready.
START_SECONDS = 0.1
TIMEOUT_SECONDS = 60

_fork = multiprocessing.get_context("fork")


@dataclass
class Measured:
    """What was seen: the seconds that each answer took, and how long it all lasted."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """The time (seconds) within which `percent` of the answers came."""
        return sorted(self.times)[min(len(self.times) - 1, len(self.times) * percent // 100)]


class WrongAnswer(Exception):
    """The server answered something else than what is being measured."""


def ask(address: tuple[str, int], request: bytes) -> bytes:
    """The whole answer to one request."""
    with socket.create_connection(address, TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def run(
    address: tuple[str, int], requests: Sequence[bytes], seconds: float, *, status: int, again: bool = True
) -> Measured:
    """Send `requests` in turn for `seconds`, over and over unless `again` is false; raises WrongAnswer.

    Every answer has to have this `status`.
    """
    begin = time.monotonic() + START_SECONDS
    clients = []
    for number in range(CLIENTS):
        ours, theirs = _fork.Pipe(duplex=False)
        mine = requests[number::CLIENTS]
        process = _fork.Process(target=_client, args=(theirs, address, mine, begin, seconds, status, again))
        process.start()
        theirs.close()
        clients.append((process, ours))
    measured = Measured()
    wrong = []
    for process, pipe in clients:
        found = pipe.recv()
        process.join()
        if isinstance(found, bytes):
            wrong.append(found)
        else:
            measured.times += found[1:]
            measured.seconds = max(measured.seconds, found[0])
    if wrong:
        raise WrongAnswer(wrong[0].decode(errors="replace"))
    return measured


def _client(
    pipe: Connection,
    address: tuple[str, int],
    requests: Sequence[bytes],
    begin: float,
    seconds: float,
    status: int,
    again: bool,
) -> None:
    """Hand in an array, how long it lasted and then the time of every answer; or the wrong answer itself."""
    expected = b"HTTP/1.1 %d " % status
    times = array("d", [0.0])
    clock = time.perf_counter
    time.sleep(max(0.0, begin - time.monotonic()))
    started = clock()
    number = 0
    while clock() - started < seconds and (again or number < len(requests)):
        sent = clock()
        answer = ask(address, requests[number % len(requests)])
        times.append(clock() - sent)
        if not answer.startswith(expected):
            pipe.send(requests[number % len(requests)][:300] + b"\n" + answer[:2000])
            return
        number += 1
    times[0] = clock() - started
    pipe.send(times)
