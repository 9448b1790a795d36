"""R-A6, O-F7: a body is received before a thread is taken, within bounds; what Django gets is what was sent."""

import asyncio
import io
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from ecase.handlers import UNRECEIVED, BufferingHandler, File, Limits

LIMITS = Limits(seconds=0.2, size=1000, waiting=4)


def request(path: str = "/", headers: Iterable[tuple[bytes, bytes]] = (), **given: Any) -> dict[str, Any]:
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"a=1", "http_version": "1.1"}
    return {
        **scope,
        "scheme": "http",
        "server": ("srv", 80),
        "client": ("10.0.0.1", 5),
        "headers": list(headers),
        **given,
    }


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    """Answers with what came."""
    start("200 OK", [("X-Path", environ["PATH_INFO"]), ("X-Unreceived", str(environ.get(UNRECEIVED, "")))])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


async def ask(
    handler: BufferingHandler, scope: dict[str, Any], pieces: list[bytes], *, ends: bool = True
) -> dict[str, Any]:
    """What comes back when ``pieces`` are sent; without ``ends`` the sender then falls silent."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for number, piece in enumerate(pieces, 1):
        queue.put_nowait({"type": "http.request", "body": piece, "more_body": not ends or number < len(pieces)})
    answer: dict[str, Any] = {"body": b"", "messages": 0}

    async def send(message: Any) -> None:
        answer["messages"] += 1
        if message["type"] == "http.response.start":
            answer.update(status=message["status"], headers=dict(message["headers"]))
        else:
            answer["body"] += message["body"]

    await handler(scope, queue.get, send)
    return answer


def served(scope: dict[str, Any], pieces: list[bytes], application: Any = echo, **given: Any) -> dict[str, Any]:
    return asyncio.run(ask(BufferingHandler(application, 2, LIMITS), scope, pieces, **given))


def test_a_body_comes_whole() -> None:
    answer = served(request("/қала"), [b"ab", b"", b"cd"])
    assert (answer["status"], answer["body"]) == (200, b"abcd")
    assert answer["headers"][b"x-path"].decode("utf-8") == "/қала"


@pytest.mark.parametrize("pieces", [[b""], [b"1", b"2"]])
def test_who_falls_silent_is_told_so(pieces: list[bytes]) -> None:
    answer = served(request(), pieces, ends=False)
    assert answer["headers"][b"x-unreceived"] == b"408"
    assert answer["headers"][b"connection"] == b"close"
    assert answer["body"] == b""


def test_what_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    announced = served(request(headers=[(b"content-length", b"1001")]), [])
    sent = served(request(), [b"x" * 600, b"x" * 600])
    assert [answer["headers"][b"x-unreceived"] for answer in (announced, sent)] == [b"413", b"413"]


def test_fifty_slow_bodies_take_no_thread() -> None:
    """With two threads, and fifty senders who are silent, another one is answered; then each of them is told."""

    async def scene() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        handler = BufferingHandler(echo, 2, Limits(seconds=1.0, size=1000))
        slow = [asyncio.create_task(ask(handler, request(), [b"1"], ends=False)) for _number in range(50)]
        other = await ask(handler, request(), [b"another"])
        assert not any(sender.done() for sender in slow)
        return other, await asyncio.gather(*slow)

    other, slow = asyncio.run(scene())
    assert other["body"] == b"another"
    assert {answer["headers"][b"x-unreceived"] for answer in slow} == {b"408"}


def test_probes_are_answered_while_every_thread_works_and_a_flood_is_refused() -> None:
    busy, go_on = threading.Semaphore(0), threading.Event()

    def working(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/work":
            busy.release()
            go_on.wait(30)
        return echo(environ, start)

    async def scene() -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
        handler = BufferingHandler(working, 2, LIMITS)
        work = [asyncio.create_task(ask(handler, request("/work"), [b""])) for _number in range(4)]
        for _thread in range(2):
            await asyncio.to_thread(busy.acquire)
        probe = await ask(handler, request("/api/health/live"), [b""])
        flood = asyncio.create_task(ask(handler, request("/other"), [b""]))
        await asyncio.sleep(0)
        go_on.set()
        return probe, await flood, await asyncio.gather(*work)

    probe, flood, work = asyncio.run(scene())
    assert probe["headers"][b"x-unreceived"] == b""
    assert flood["headers"][b"x-unreceived"] == b"503"
    assert {answer["status"] for answer in work} == {200}


def test_a_file_is_sent_in_pieces_and_closed() -> None:
    content = io.BytesIO(b"x" * 600_000)

    def serving(environ: dict[str, Any], start: Any) -> File:
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](content, 4096)  # type: ignore[no-any-return]

    answer = served(request(), [b""], serving)
    assert len(answer["body"]) == 600_000
    assert answer["messages"] == 5
    assert content.closed


def test_headers_are_what_was_sent_and_cannot_pose_as_others() -> None:
    seen: dict[str, Any] = {}

    def noting(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.update(environ)
        return echo(environ, start)

    given = [
        (b"x-forwarded-proto", b"https"),
        (b"x_forwarded_proto", b"forged"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ]
    served(
        request(headers=[*given, (b"content-type", b"text/plain"), (b"transfer-encoding", b"chunked")]), [b""], noting
    )

    assert seen["HTTP_X_FORWARDED_PROTO"] == "https"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"], seen["REMOTE_ADDR"]) == ("text/plain", "0", "10.0.0.1")
    assert not {"HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE"} & set(seen)


def test_who_goes_away_is_not_served() -> None:
    called: list[str] = []

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        called.append("sent")

    def application(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        called.append("asked")
        return []

    asyncio.run(BufferingHandler(application, 1, LIMITS)(request(), gone, send))
    assert called == []
