"""Public interface of the outbox: send in the caller's transaction, and read the inbox.

``ecase.outbox.subscriptions`` says where an organisation's messages go, ``ecase.outbox.receivers`` how they fare.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from ecase.http import only_where_sent
from ecase.outbox.channels.registry import names_that_prove_receipt
from ecase.outbox.models import Message, Notice, NoticeRead, State
from ecase.outbox.sending import Event, write_messages
from ecase.transactions import write_together

# Unread notices are counted on every page, so the count of a neglected inbox stops here.
MOST_COUNTED = 99


class Reader(Protocol):
    """The part of a post (``officers.Post``) that the inbox needs."""

    pk: Any
    officer_id: UUID
    organisation_id: UUID
    role: str

    def is_current(self, at: datetime | None = None) -> bool: ...


def send(
    topic: str, *, key: str, to: models.Model, payload: dict[str, Any], roles: Collection[str] = ()
) -> list[Message]:
    """Write the messages that inform ``to`` (an Organisation or an Officer) of an event, in the caller's transaction.

    One is a notice in the portal's inbox, delivered at once. One more goes to each active subscription of the
    organisation, over its channel, in the order of sending within ``key`` (a motion's id). ``roles`` restricts an
    organisation's notice to the posts with these roles. ``payload`` is JSON: ids and labels, never the materials.
    Raises :class:`TypeError` for another recipient.
    """
    return send_all(topic, key=key, to=[(to, roles)], payload=payload)


Recipients = Sequence[tuple[models.Model, Collection[str]]]


def send_all(
    topic: str, *, key: str, to: Recipients, payload: dict[str, Any], systems: Collection[models.Model] = ()
) -> list[Message]:
    """As :func:`send`, to several recipients, each with the roles that are notified: one statement in all.

    ``systems``: further organisations whose subscriptions get the message, without a notice in the inbox.
    """
    return write_messages([Event(topic, str(key), to, payload, systems)])


def send_together(
    topic: str, *, key: str, to: Recipients, payload: dict[str, Any], systems: Collection[models.Model] = ()
) -> None:
    """As :func:`send_all`, in one statement with the other events of a ``transactions.written_together`` block."""
    write_together(write_messages, Event(topic, str(key), to, payload, systems))


def pending(key: str) -> int:
    """How many messages of this key have not been delivered, those given up included."""
    return Message.objects.filter(key=str(key)).exclude(state=State.DELIVERED).count()


def receipts() -> "QuerySet[Message]":
    """The messages that a recipient's own system has acknowledged."""
    channels = names_that_prove_receipt()
    return Message.objects.filter(channel__in=channels, subscription__isnull=False, state=State.DELIVERED)


def notices(post: Reader) -> "QuerySet[Notice]":
    """The inbox of a post: the officer's own notices and the organisation's, newest first.

    Each has ``read_at``: when this officer first opened it, or ``None``. A post that is not held now has an empty
    inbox.
    """
    if not post.is_current():
        return Notice.objects.none()
    mine, ours = _inboxes(post)
    return _with_reading(Notice.objects.filter(mine | ours), post)


def newest_notices(post: Reader, limit: int) -> list[Notice]:
    """The newest notices of the inbox, as :func:`notices` has them; each of the two parts is read by its index."""
    if not post.is_current():
        return []
    parts = [_with_reading(Notice.objects.filter(part), post).order_by("-id")[:limit] for part in _inboxes(post)]
    return list(parts[0].union(parts[1], all=True).order_by("-id")[:limit])


def _inboxes(post: Reader) -> tuple[Q, Q]:
    """The notices for the officer, and those for the organisation and this role."""
    ours = Q(organisation=post.organisation_id) & (Q(roles=[]) | Q(roles__contains=[post.role]))
    return Q(officer=post.officer_id), ours


def _with_reading(notices_: "QuerySet[Notice]", post: Reader) -> "QuerySet[Notice]":
    read_at = NoticeRead.objects.filter(notice=OuterRef("pk"), officer=post.officer_id).values("read_at")
    return notices_.annotate(read_at=Subquery(read_at[:1]))


def unread(post: Reader) -> int:
    """How many notices of the inbox this officer has not opened; ``MOST_COUNTED + 1`` means more than that."""
    if not post.is_current():
        return 0
    opened = NoticeRead.objects.filter(notice=OuterRef("pk"), officer=post.officer_id)
    most = MOST_COUNTED + 1
    parts = [
        Notice.objects.filter(~Exists(opened), part).order_by("-id").values("pk")[:most] for part in _inboxes(post)
    ]
    return min(most, parts[0].union(parts[1], all=True).count())


@only_where_sent
def mark_read(post: Reader, notice_ids: Collection[int] | None = None, *, key: str = "") -> int:
    """Stamp notices of the post's inbox as opened; returns how many were new. Default: all; ``key``: a motion's.

    Ids that are not in the inbox are ignored; the first stamp stays.
    """
    opened = NoticeRead.objects.filter(notice=OuterRef("pk"), officer=post.officer_id)
    found = notices(post).filter(~Exists(opened), **({"key": key} if key else {}))
    if notice_ids is not None:
        found = found.filter(pk__in=notice_ids)
    stamps = [NoticeRead(notice=notice, officer_id=post.officer_id, post_id=post.pk) for notice in found]
    NoticeRead.objects.bulk_create(stamps, ignore_conflicts=True)
    return len(stamps)
