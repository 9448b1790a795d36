"""Posts a message to a subscriber by Standard Webhooks 1.0; the answer is the acknowledgement."""

import hashlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
import orjson
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from standardwebhooks.webhooks import Webhook

from ecase.instants import format_instant
from ecase.outbox import guard
from ecase.outbox.channels.base import Acknowledgement, Forbidden, NotDelivered
from ecase.outbox.channels.registry import register
from ecase.outbox.models import Message

NAME = "webhook"
CONNECT_SECONDS = 5
KEPT_BYTES = 64 * 1024
KEPT_HEADERS = ("date", "server", "content-type", "location", "x-request-id", "x-message-id")


class PostedWebhook:
    """A POST to the subscription's address, signed with the subscription's secret."""

    name = NAME
    label = _("webhook")
    # The subscriber is the organisation's own system, so its answer proves receipt.
    proves_receipt = True

    def check_address(self, address: str) -> None:
        guard.check(address)

    def deliver(self, message: Message, now: datetime) -> Acknowledgement:
        return post(message, now)

    def proof(self) -> Q:
        return Q(acknowledgement__status__gte=200, acknowledgement__status__lt=300)


def post(message: Message, now: datetime) -> Acknowledgement:
    """Post the message; returns the acknowledgement: status, headers, and the JSON body or its SHA-256.

    Only a 2xx counts. Redirects are not followed, proxies not used. Raises :class:`NotDelivered` with the reason.
    """
    if message.subscription is None:
        raise NotDelivered("the message has no subscription")
    try:
        return _exchange(message, guard.resolve(message.subscription.url), now)
    except Forbidden as fault:
        raise NotDelivered(str(fault)) from fault
    except (OSError, UnicodeError, httpx.HTTPError, httpx.InvalidURL) as fault:
        raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault


def body(message: Message) -> bytes:
    """What is signed and posted: type, timestamp and data as the standard advises, and the key that orders."""
    content = {
        "type": message.topic,
        "timestamp": format_instant(message.created_at),
        "key": message.key,
        "position": message.position,
        "data": message.payload,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def message_id(message: Message) -> str:
    """What receivers know the message by."""
    return f"msg_{message.uuid}"


def headers(message: Message, content: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The three headers of the standard, with one signature for each secret that is valid now.

    The id is the same at every attempt, so that receivers can drop duplicates.
    """
    named = message_id(message)
    return {
        "webhook-id": named,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(named, now, content.decode()) for secret in secrets),
        "content-type": "application/json",
        "user-agent": f"ecase/{settings.INSTALLATION_ID}",
    }


def _exchange(message: Message, target: guard.Target, now: datetime) -> dict[str, Any]:
    content = body(message)
    signed = headers(message, content, message.subscription.secrets_at(now) if message.subscription else [], now)
    seconds = settings.WEBHOOK_TIMEOUT_SECONDS
    until = time.monotonic() + seconds
    timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    with (
        _cut_off(seconds) as trace,
        httpx.Client(timeout=timeout, verify=_trusted(), follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            target.pinned,
            content=content,
            headers={**signed, "host": target.authority},
            extensions={"sni_hostname": target.host, "trace": trace},
        ) as response,
    ):
        answer = _read(response, until)
    if not response.is_success:
        raise NotDelivered(f"the subscriber answered {response.status_code}")
    return _acknowledgement(response, answer)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The trusted certificate authorities, read once: reading them takes longer than a delivery."""
    return httpx.create_ssl_context()


@contextmanager
def _cut_off(seconds: float) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """End the connection after this many seconds in all; timeouts of single reads do not limit the total.

    Yields what httpcore calls at each step of a request (its extension ``trace``).
    """
    connections: list[socket.socket] = []

    def cut() -> None:
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def trace(event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            # TLS takes over the socket, but a duplicate handle stays valid.
            connections.append(info["return_value"].get_extra_info("socket").dup())

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()
        for connection in connections:
            connection.close()


def _read(response: httpx.Response, until: float) -> bytes:
    """The body of the answer, limited in size and time: a slow response cannot block the worker."""
    answer = b""
    for chunk in response.iter_bytes():
        answer += chunk
        if len(answer) > KEPT_BYTES or time.monotonic() > until:
            raise NotDelivered("the subscriber's answer is too long or too slow")
    return answer


def _acknowledgement(response: httpx.Response, answer: bytes) -> dict[str, Any]:
    kept = {name: response.headers[name][:200] for name in KEPT_HEADERS if name in response.headers}
    acknowledgement: dict[str, Any] = {
        "status": response.status_code,
        "headers": kept,
        "sha256": hashlib.sha256(answer).hexdigest(),
    }
    try:
        return {**acknowledgement, "body": orjson.loads(answer.replace(b"\\u0000", b""))}
    except ValueError:
        return acknowledgement


register(PostedWebhook())
