"""A load client: one process, some persistent connections, requests written beforehand. No Django, no HTTP library."""

import json
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RECEIVE = 256 * 1024


@dataclass(frozen=True)
class Outcome:
    """Result of a load. ``statuses`` counts the answers by status; times are in seconds."""

    requests: int
    wall: float
    client_cpu: float
    statuses: dict[int, int]
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.wall

    def percentile(self, share: float) -> float:
        """The latency in ms below which ``share`` of the requests stayed."""
        return sorted(self.latencies)[min(int(len(self.latencies) * share), len(self.latencies) - 1)] * 1000


def written(request: dict[str, Any]) -> bytes:
    """A request of the plan as HTTP/1.1 bytes."""
    body = json.dumps(request["body"]).encode() if "body" in request else b""
    lines = [f"{'POST' if body else 'GET'} {request['path']} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: kk"]
    if "cookie" in request:
        lines += [f"Cookie: {request['cookie']}", "Accept: text/html"]
    else:
        lines += [f"Authorization: {request.get('scheme', 'Bearer')} {request['token']}", "Accept: application/json"]
    if body:
        lines += [
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"Idempotency-Key: {request['key']}",
        ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection:
    """One persistent connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started, self.answer = 0.0, b""

    def send(self, request: bytes) -> None:
        self.started, self.answer = time.perf_counter(), b""
        self.socket.sendall(request)

    def received(self) -> int:
        """Read the available bytes; the status once the answer is complete, else 0."""
        piece = self.socket.recv(RECEIVE)
        if not piece:
            raise ConnectionError("the server closed a persistent connection")
        self.answer += piece
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return 0
        return int(head[9:12])


def _length(head: bytes) -> int:
    _before, name, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if name else 0


def run(port: int, requests: Iterator[bytes], connections: int, seconds: float = 3600.0) -> Outcome:
    """Send ``requests`` until they are used up or ``seconds`` have passed."""
    selector = selectors.DefaultSelector()
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    before, begun = _cpu(), time.perf_counter()
    for _number in range(connections):
        _begin(selector, _Connection(port), requests)
    while selector.get_map():
        for key, _events in selector.select():
            connection: _Connection = key.data
            if status := connection.received():
                latencies.append(time.perf_counter() - connection.started)
                statuses[status] = statuses.get(status, 0) + 1
                _next(selector, connection, requests, time.perf_counter() - begun < seconds)
    return Outcome(len(latencies), time.perf_counter() - begun, _cpu() - before, statuses, latencies)


def _begin(selector: selectors.BaseSelector, connection: _Connection, requests: Iterator[bytes]) -> None:
    if (request := next(requests, None)) is not None:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)


def _next(selector: selectors.BaseSelector, connection: _Connection, requests: Iterator[bytes], going: bool) -> None:
    request = next(requests, None) if going else None
    if request is None:
        selector.unregister(connection.socket)
        connection.socket.close()
    else:
        connection.send(request)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
