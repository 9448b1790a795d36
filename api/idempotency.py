"""A write that is sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header-07).

The answer is stored in the transaction of the effect. A refusal is not stored: nothing has changed, so the same
request may be retried under the same key.
"""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, BooleanField, FilteredRelation, Func, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.numeric import Int8
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.models import StoredAnswer
from api.problems import BadRequest, InProgress, KeyReused
from api.renderers import dumps
from ecase.officers.models import Post
from ecase.problems import Problem
from ecase.statements import HotQuery
from ecase.transactions import undone_on_refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
KEPT_FOR = timedelta(hours=48)
FORGET_EVERY = timedelta(minutes=1)
FORGOTTEN_AT_ONCE = 10_000
MAX_LENGTH = 128


def once(request: Request, body: object, effect: Callable[[], Response], *, required: bool = False) -> Response:
    """Carry out ``effect`` under the request's ``Idempotency-Key``, or return the stored answer.

    ``body`` (JSON-ready), with method and path, identifies the request. Without a key the effect is carried out,
    unless a key is ``required`` (400). Raises :class:`KeyReused` (422), :class:`InProgress` (409).
    """
    key = _key(request, required=required)
    if not key:
        return effect()
    fingerprint = hashlib.sha256(dumps([request.method, request.path, body])).hexdigest()
    claim = partial(_under_key, post_of(request), key, fingerprint, effect)
    try:
        return claim()
    except _AnsweredMeanwhile:
        return claim()


class _AnsweredMeanwhile(Exception):
    """Another transaction stored its answer between this one's reading and its lock: the answer is there now."""


def _under_key(post: Post, key: str, fingerprint: str, effect: Callable[[], Response]) -> Response:
    with undone_on_refusal():
        stored = _claim(post, key)
        if stored and stored.fingerprint != fingerprint:
            raise KeyReused(Problem("idempotency-key-reused", _("Take a new key for a new request."), HEADER))
        if stored:
            return Response(bytes(stored.body), status=stored.status, headers={**stored.headers, REPLAYED: "true"})
        response = effect()
        _store(post, key, fingerprint, response)
    # Once a minute a request deletes the expired answers, so no job is needed and few requests pay for it.
    if time.monotonic() >= _Expiry.due:
        _Expiry.due = time.monotonic() + FORGET_EVERY.total_seconds()
        forget_expired(timezone.now())
    return response


def _claim(post: Post, key: str) -> StoredAnswer | None:
    """Hold the key until the transaction ends, and read its answer in the same statement.

    Raises :class:`InProgress` if another transaction holds it. An expired answer is deleted.
    """
    # Typed: as a plain integer the number would be cut to 32 bits on its way to the server.
    ((held, *values),) = _CLAIMED.rows(post=post.pk, key=key, number=Int8(lock_number(f"{post.pk}:{key}")))
    if not held:
        raise InProgress(Problem("in-progress", _("Wait for the answer to the first request.")))
    if not any(values):
        return None
    stored = StoredAnswer(*values)
    if stored.created_at > timezone.now() - KEPT_FOR:
        return stored
    stored.delete()
    return None


def _claimed(*, post: UUID, key: str, number: int) -> "QuerySet[Post, Any]":
    claimed = Func(Value(number, output_field=BigIntegerField()), function="pg_try_advisory_xact_lock")
    answer = FilteredRelation("stored_answers", condition=Q(stored_answers__key=key))
    columns = [f"answer__{field.attname}" for field in StoredAnswer._meta.concrete_fields]
    rows = Post.objects.filter(pk=post).annotate(answer=answer, claimed=Cast(claimed, BooleanField()))
    return rows.values_list("claimed", *columns)


_CLAIMED: HotQuery[tuple[Any, ...]] = HotQuery(_claimed)


def lock_number(name: str) -> int:
    """The number of the advisory lock for ``name``: the first 64 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _store(post: Post, key: str, fingerprint: str, response: Response) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    answer = {"status": response.status_code, "headers": headers, "body": dumps(response.data)}
    try:
        StoredAnswer.objects.create(post=post, key=key, fingerprint=fingerprint, **answer)
    except IntegrityError as twice:
        raise _AnsweredMeanwhile from twice


def _key(request: Request, *, required: bool) -> str:
    # RFC 8941 puts the string in quotes, most clients send it without: both name the same key.
    key = request.headers.get(HEADER, "").strip().strip('"')
    if not key and required:
        message = _("Send an Idempotency-Key header, so that the request can be repeated safely.")
        raise BadRequest(Problem("idempotency-key-missing", message, HEADER))
    if len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise BadRequest(Problem("idempotency-key", _("At most 128 visible ASCII characters are expected."), HEADER))
    return key


class _Expiry:
    """When this process deletes expired answers next, on the monotonic clock."""

    due = 0.0


def forget_expired(now: datetime) -> int:
    """Delete expired answers, a bounded number, skipping rows that are locked. Returns how many."""
    old = StoredAnswer.objects.filter(created_at__lte=now - KEPT_FOR).order_by("created_at")
    with transaction.atomic():
        found = old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
        deleted, _by_model = StoredAnswer.objects.filter(pk__in=list(found)).delete()
    return deleted
