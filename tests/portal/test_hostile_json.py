"""JSON that breaks a parser in its own way is refused like any other that is wrong (the kind of F-F5)."""

import base64

import httpx
import pytest

from ecase.outbox.channels import webhook
from ecase.pagination import read_cursor
from ecase.portal.views import batch

DEEP = b"[" * 5000
HOSTILE = {"deep": DEEP, "no number": b"[NaN]", "half a character": b'["\\ud800"]', "cut": b"[1"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_subscribers_answer_is_kept_by_its_digest_alone(name: str) -> None:
    """What PostgreSQL would not store, or nests too deep, was a fault of the relay instead of an acknowledgement."""
    kept = webhook._acknowledgement(httpx.Response(200), HOSTILE[name])
    assert (kept["status"], "body" in kept) == (200, False)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_cursor_that_is_none_begins_at_the_first_page(name: str) -> None:
    assert read_cursor(base64.urlsafe_b64encode(HOSTILE[name]).decode().rstrip("=")) is None


@pytest.mark.parametrize("name", HOSTILE)
def test_signatures_that_cannot_be_read_are_refused(name: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        batch._given(HOSTILE[name])
