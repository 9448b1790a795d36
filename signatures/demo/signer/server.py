"""The demo signer's page, to choose who signs or to cancel. Plain HTTP on loopback, in its own thread."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from signatures.demo.signer.queue import RequestQueue

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_BODY = 4096
HERE = Path(__file__).parent
FILES = {"/": ("page.html", "text/html"), "/page.js": ("page.js", "text/javascript")}
FILES["/page.css"] = ("page.css", "text/css")
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def is_loopback(address: str) -> bool:
    """Whether an origin or a host with port names this machine."""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname in LOOPBACK
    except ValueError:
        return False


class PageHandler(BaseHTTPRequestHandler):
    """GET / and its files, GET /pending; POST /choose {"id"?, "iin"?, "alias"?}, POST /cancel {"id"?}."""

    queue: RequestQueue
    loop: asyncio.AbstractEventLoop
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_ours():
            self._reply(HTTPStatus.FORBIDDEN, b"", "text/plain")
        elif path == "/pending":
            self._json(self._in_loop(lambda: [pending.listed() for pending in self.queue.pending.values()]))
        elif path in FILES:
            name, kind = FILES[path]
            self._reply(HTTPStatus.OK, (HERE / name).read_bytes(), kind)
        else:
            self._reply(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def do_POST(self) -> None:
        body = self._body()
        if body is None or not self._is_ours():
            self._reply(HTTPStatus.FORBIDDEN, b"", "text/plain")
        elif self.path == "/choose":
            choice = {"number": body.get("id"), "iin": body.get("iin"), "alias": body.get("alias")}
            self._json({"done": self._in_loop(lambda: self.queue.choose(**choice))})
        elif self.path == "/cancel":
            self._json({"done": self._in_loop(lambda: self.queue.cancel(body.get("id")))})
        else:
            self._reply(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _is_ours(self) -> bool:
        """Whether host and origin are this machine: no other site may read or answer requests."""
        return is_loopback(self.headers.get("Host", "")) and is_loopback(self.headers.get("Origin", "//127.0.0.1"))

    def _body(self) -> dict[str, Any] | None:
        """The JSON object of a request; ``None`` unless sent as JSON, which a form of another site cannot do."""
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > MAX_BODY or self.headers.get_content_type() != "application/json":
            self.close_connection = True
            return None
        try:
            body = json.loads(self.rfile.read(int(size)))
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _in_loop(self, work: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(timeout=10)

    def _json(self, value: Any) -> None:
        self._reply(HTTPStatus.OK, json.dumps(value, ensure_ascii=False).encode(), "application/json")

    def _reply(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for header, value in {**SECURITY, "Content-Type": f"{kind}; charset=utf-8"}.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Log nothing: the page polls."""


def start_page_server(host: str, port: int, queue: RequestQueue) -> ThreadingHTTPServer:
    """Start the page in a thread next to the running event loop; ``shutdown()`` ends it."""
    handler = type("QueuePage", (PageHandler,), {"queue": queue, "loop": asyncio.get_running_loop()})
    server = ThreadingHTTPServer((host, port), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
