"""Posting a message to a subscriber as Standard Webhooks 1.0 has it, and taking the answer as acknowledgement."""

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from ecase.outbox import guard
from ecase.outbox.models import Message

KEPT_BYTES = 64 * 1024
KEPT_HEADERS = ("date", "server", "content-type", "location", "x-request-id", "x-message-id")


class NotDelivered(Exception):
    """The subscriber did not accept the message this time."""


def post(message: Message, now: datetime) -> dict[str, Any]:
    """Post the message; returns the acknowledgement: status, headers, and the JSON body or its SHA-256.

    Only a 2xx is one. Redirects are not followed, proxies not used. Raises :class:`NotDelivered` with the reason.
    """
    try:
        target = guard.resolve(_url(message))
        return _exchange(message, target, now)
    except guard.Forbidden as fault:
        raise NotDelivered(str(fault)) from fault
    except (OSError, UnicodeError, httpx.HTTPError, httpx.InvalidURL) as fault:
        raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault


def _url(message: Message) -> str:
    if message.subscription is None:
        raise NotDelivered("the message has no subscription")
    return message.subscription.url


def body(message: Message) -> bytes:
    """What is signed and posted: type, timestamp and data as the standard advises, and the key that orders."""
    content = {
        "type": message.topic,
        "timestamp": message.created_at.astimezone(UTC).isoformat(),
        "key": message.key,
        "position": message.pk,
        "data": message.payload,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def headers(message: Message, content: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The three headers of the standard; the id is the same at every attempt, so that a receiver can drop doubles."""
    message_id = f"msg_{message.uuid}"
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, content.decode()),
        "content-type": "application/json",
        "user-agent": f"ecase/{settings.INSTALLATION_ID}",
    }


def _exchange(message: Message, target: guard.Target, now: datetime) -> dict[str, Any]:
    content = body(message)
    signed = headers(message, content, message.subscription.secret if message.subscription else "", now)
    seconds = settings.WEBHOOK_TIMEOUT_SECONDS
    until = time.monotonic() + seconds
    with (
        httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            target.pinned,
            content=content,
            headers={**signed, "host": target.authority},
            extensions={"sni_hostname": target.host},
        ) as response,
    ):
        answer = _read(response, until)
    if not response.is_success:
        raise NotDelivered(f"the subscriber answered {response.status_code}")
    return _acknowledgement(response, answer)


def _read(response: httpx.Response, until: float) -> bytes:
    """The answer, as far as it is short and comes in time: who trickles it does not hold the worker."""
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
