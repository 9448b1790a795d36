"""A write that is sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header-07).

The answer is stored in the transaction of the effect. A refusal is not stored: nothing has changed, so the same
request may be retried under the same key.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.models import StoredAnswer
from api.problems import BadRequest, InProgress, KeyReused
from api.renderers import dumps
from ecase.officers.models import Post
from ecase.problems import Problem, Refused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
KEPT_FOR = timedelta(hours=48)
# Each write deletes a few expired rows, so no cleanup job is needed.
FORGOTTEN_AT_ONCE = 20
MAX_LENGTH = 128


def once(request: Request, body: object, effect: Callable[[], Response], *, required: bool = False) -> Response:
    """Carry out ``effect`` under the request's ``Idempotency-Key``, or return the stored answer.

    ``body`` (JSON-ready), with method and path, identifies the request. Without a key the effect is carried out,
    unless a key is ``required`` (400). Raises :class:`KeyReused` (422), :class:`InProgress` (409).
    """
    key = _key(request, required=required)
    if not key:
        return effect()
    answer = _under_key(post_of(request), key, _fingerprint(request, body), effect)
    if isinstance(answer, Refused):
        raise answer
    return answer


@transaction.atomic
def _under_key(post: Post, key: str, fingerprint: str, effect: Callable[[], Response]) -> Response | Refused:
    # A refusal is returned, not raised, so that its audit entry is committed.
    if not _claimed(f"{post.pk}:{key}"):
        raise InProgress(Problem("in-progress", _("Wait for the answer to the first request.")))
    stored = StoredAnswer.objects.filter(post=post, key=key, created_at__gt=timezone.now() - KEPT_FOR).first()
    if stored:
        return _replay(stored, fingerprint)
    try:
        response = effect()
    except Refused as refusal:
        return refusal
    _store(post, key, fingerprint, response)
    forget_expired(timezone.now())
    return response


def _claimed(name: str) -> bool:
    """Hold ``name`` until the transaction ends; false if another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_number(name)])
        return bool(cursor.fetchone()[0])


def lock_number(name: str) -> int:
    """The number of the advisory lock for ``name``: the first 64 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _replay(stored: StoredAnswer, fingerprint: str) -> Response:
    if stored.fingerprint != fingerprint:
        message = _("Take a new key for a new request.")
        raise KeyReused(Problem("idempotency-key-reused", message, HEADER))
    return Response(bytes(stored.body), status=stored.status, headers={**stored.headers, REPLAYED: "true"})


def _store(post: Post, key: str, fingerprint: str, response: Response) -> None:
    values = {
        "fingerprint": fingerprint,
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
        "body": dumps(response.data),
        "created_at": timezone.now(),
    }
    # This transaction holds the key (`_claimed`), so one statement is enough; an expired answer is replaced.
    answer = StoredAnswer(post=post, key=key, **values)
    StoredAnswer.objects.bulk_create(
        [answer], update_conflicts=True, unique_fields=["post", "key"], update_fields=list(values)
    )


def _key(request: Request, *, required: bool) -> str:
    # RFC 8941 puts the string in quotes, most clients send it without: both name the same key.
    key = request.headers.get(HEADER, "").strip().strip('"')
    if not key and required:
        message = _("Send an Idempotency-Key header, so that the request can be repeated safely.")
        raise BadRequest(Problem("idempotency-key-missing", message, HEADER))
    if len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise BadRequest(Problem("idempotency-key", _("At most 128 visible ASCII characters are expected."), HEADER))
    return key


def _fingerprint(request: Request, body: object) -> str:
    return hashlib.sha256(dumps([request.method, request.path, body])).hexdigest()


def forget_expired(now: datetime) -> int:
    """Delete some expired answers, skipping rows that are locked. Returns how many."""
    old = StoredAnswer.objects.filter(created_at__lte=now - KEPT_FOR).order_by("created_at")
    found = old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
    deleted, _by_model = StoredAnswer.objects.filter(pk__in=list(found)).delete()
    return deleted
