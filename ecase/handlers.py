"""Between the web server and Django: a request's body is received completely before a thread is used for it.

A client that sends slowly, or not at all, then holds a connection and no thread, and only for a limited time: a body
has some seconds, and one more for every so many bytes received. Probes have threads of their own, so that they are
answered while all others are busy. The web server speaks ASGI, Django stays WSGI (PEP 3333): synchronous code,
persistent connections.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

Message = MutableMapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Environ = dict[str, Any]

PROBES = frozenset({"/api/health/live", "/api/health/ready"})
# Key of the WSGI environment for a request whose body was not received; its value is the status to answer.
UNRECEIVED = "ecase.unreceived"
TOO_SLOW, TOO_LARGE, TOO_MANY = 408, 413, 503
# Maximum bytes of a body that is kept in memory, and of each read of an answer's file.
IN_MEMORY, CHUNK = 256 * 1024, 256 * 1024
# Received bytes that earn another second: 128 kbit/s.
BYTES_PER_SECOND = 16 * 1024
PROBE_THREADS = FILE_THREADS = 2


class Unreceived(Exception):
    """The body was not received; ``status`` states why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """The client disconnected before its request was complete."""


@dataclass(frozen=True)
class Limits:
    """``seconds`` for a body, plus those that it earns; ``size`` in bytes; requests that may wait for a thread."""

    seconds: float
    size: int
    waiting: int = 200


@dataclass
class Answer:
    """Django's answer: a body in memory, or one that is read in pieces as the client receives it."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    pieces: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None

    def start(self, status: str, headers: Sequence[tuple[str, str]], _fault: object = None) -> Callable[[bytes], None]:
        """WSGI's ``start_response``."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.body.extend


class File:
    """WSGI's ``file_wrapper``: the file in pieces of a fixed size."""

    def __init__(self, file: IO[bytes], _block_size: int = CHUNK) -> None:
        self._file = file
        self.close = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(CHUNK), b"")


class BufferingHandler:
    """The ASGI application. ``threads`` of Django work at once in this process; see :class:`Limits` for the rest."""

    def __init__(self, application: Callable[[Environ, Any], Iterable[bytes]], threads: int, limits: Limits) -> None:
        self._application, self._limits = application, limits
        self._work = ThreadPoolExecutor(threads, "work")
        self._probes = ThreadPoolExecutor(PROBE_THREADS, "probe")
        self._files = ThreadPoolExecutor(FILE_THREADS, "file")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not spoken here")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            request = environment(scope, body)
            try:
                await self._complete(request, scope, receive, body)
            except Gone:
                return
            pool = self._probes if scope["path"] in PROBES else self._work
            self._waiting += 1
            try:
                answer = await asyncio.get_running_loop().run_in_executor(pool, self._ask, request)
            finally:
                self._waiting -= 1
        await self._send(answer, send)

    async def _complete(self, request: Environ, scope: Scope, receive: Receive, body: IO[bytes]) -> None:
        """Receive the body; if that fails, the environment states why, for Django to answer the client."""
        stated, size = dict(scope["headers"]).get(b"content-length", b""), 0
        if scope["path"] not in PROBES and self._waiting >= self._limits.waiting:
            request[UNRECEIVED] = TOO_MANY
        else:
            try:
                size = await receive_body(int(stated) if stated.isdigit() else 0, receive, body, self._limits)
            except Unreceived as fault:
                request[UNRECEIVED] = fault.status
                body.seek(0)
                body.truncate()
        request["CONTENT_LENGTH"] = str(size)
        body.seek(0)

    def _ask(self, request: Environ) -> Answer:
        """Runs in a thread: Django's answer. Only files are read later."""
        answer = Answer()
        found = self._application(request, answer.start)
        answer.close = getattr(found, "close", lambda: None)
        if isinstance(found, File):
            answer.pieces = iter(found)
            return answer
        try:
            for piece in found:
                answer.body += piece
        finally:
            answer.close()
            answer.close = lambda: None
        if UNRECEIVED in request:
            answer.headers.append((b"connection", b"close"))
        return answer

    async def _send(self, answer: Answer, send: Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if answer.pieces is not None:
                while piece := await loop.run_in_executor(self._files, next, answer.pieces, b""):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": bytes(answer.body), "more_body": False})
        finally:
            if answer.pieces is not None:
                await loop.run_in_executor(self._files, answer.close)


async def receive_body(stated: int, receive: Receive, body: IO[bytes], limits: Limits) -> int:
    """Write the body as it arrives; returns the number of bytes. ``stated`` is the announced length.

    Raises :class:`Unreceived` for a body that is too large or too slow, :class:`Gone` if the client disconnects.
    """
    if stated > limits.size:
        raise Unreceived(TOO_LARGE)
    started, size, more = asyncio.get_running_loop().time(), 0, True
    while more:
        until = started + limits.seconds + size / BYTES_PER_SECOND
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as fault:
            raise Unreceived(TOO_SLOW) from fault
        if message["type"] == "http.disconnect":
            raise Gone
        piece, more = message.get("body", b""), message.get("more_body", False)
        size += body.write(piece)
        if size > limits.size:
            raise Unreceived(TOO_LARGE)
    return size


def environment(scope: Scope, body: IO[bytes]) -> Environ:
    """The WSGI environment (PEP 3333) of an ASGI request whose body is being written to ``body``."""
    server, client = scope.get("server") or ("", ""), scope.get("client") or ("", "")
    return {
        **_headers(scope["headers"]),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": File,
    }


def _headers(given: Iterable[tuple[bytes, bytes]]) -> Environ:
    """Header names as in CGI; names with an underscore are dropped, since they could imitate others."""
    found: Environ = {}
    for name, value in given:
        if b"_" in name or name == b"transfer-encoding":
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text, joint = value.decode("latin-1"), "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{text}" if key in found else text
    found.pop("HTTP_CONTENT_LENGTH", None)
    return found
