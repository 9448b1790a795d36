"""Before signing: a motion's draft, its attachments, and an officer's input for a later act."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.cases import documents
from ecase.cases.documents import Purpose
from ecase.cases.models import Case, Document
from ecase.cases.storage import Readable, Received
from ecase.officers.models import Post
from ecase.problems import Conflict, Invalid, NotAllowed, Problem, Stale
from workflows.motions import admissions, queries
from workflows.motions.acts import filing
from workflows.motions.acts.registry import spec_of
from workflows.motions.engine import checks
from workflows.motions.engine.refusals import recording
from workflows.motions.locking import lock
from workflows.motions.models import ActDraft, Attachment, Motion
from workflows.motions.permissions import is_author
from workflows.motions.rules import payloads, prefill, routing, volume
from workflows.motions.states import EDITABLE, WITH_A_JUDGE, ActType
from workflows.statute.catalogue import catalogue, in_force

# States in which attachments may be added. With a judge they count once a supplement is signed.
ATTACHABLE = (*EDITABLE, *WITH_A_JUDGE)


@transaction.atomic
def create(case: Case, kind: str, author: Post) -> Motion:
    """A draft of ``kind`` under the catalogue in force. Raises ``NotAllowed`` or ``Invalid``."""
    version = in_force(settings.JURISDICTION, timezone.now())
    kinds = catalogue(version.pk).kinds
    _require_author(case, kind, author, kinds)
    motion = Motion.objects.create(
        case=case,
        kind=kind,
        catalogue=version,
        language=case.language,
        author=author,
        organisation=author.organisation,
        prosecution=case.prosecution,
        court=case.court,
        # Visible to named persons only.
        secret=kinds[kind].secrecy.level == "covert",
    )
    admissions.admit(motion, author.officer, None, motion.created_at)
    _audit("draft.created", motion, author)
    return motion


@transaction.atomic
def relate(motion: Motion, post: Post, earlier: Motion | None, revision: int | None = None) -> Motion:
    """Name the earlier sanction that the draft would extend, end or replace; ``None`` for no earlier sanction.

    Empty fields that the catalogue takes from that sanction are filled in. Raises ``Invalid`` for one that does not
    fit, ``Stale`` as :func:`save`, ``NotAllowed`` or ``Conflict``.
    """
    locked = _editable(motion, post)
    require_seen(locked, revision)
    if earlier is not None and not filing.may_be_earlier(locked, earlier):
        raise Invalid(Problem("unfit", _("This motion cannot be about that decision."), "earlier"))
    before, locked.earlier = prefill.of_earlier(locked), earlier
    locked.payload = prefill.with_earlier(locked, before)
    _touch(locked, "earlier", "payload")
    _audit("draft.related", locked, post, {"earlier": str(earlier.pk) if earlier else None})
    return locked


def save(motion: Motion, post: Post, payload: Mapping[str, Any], revision: int | None = None) -> Motion:
    """Replace the draft's payload. Fields may be missing; wrong or unknown values are refused.

    Raises ``Stale`` if ``revision`` is given and differs from the stored one, ``Invalid``, ``NotAllowed`` or
    ``Conflict``; each refusal is in the audit log.
    """
    with recording(motion, post, "draft"), transaction.atomic():
        locked = _editable(motion, post)
        require_seen(locked, revision)
        return _store(locked, post, payload)


def _store(locked: Motion, post: Post, payload: Mapping[str, Any]) -> Motion:
    if faults := payloads.faults_of(locked, ActType.MOTION, payload, post, complete=False):
        raise Invalid(faults)
    locked.payload = dict(payload)
    _touch(locked, "payload")
    _audit("draft.saved", locked, post)
    return locked


@dataclass(frozen=True)
class Saved:
    """A saved draft; ``conflicts``: the fields that two windows have changed, of which the stored text was kept."""

    payload: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Saved:
    """Merge two changes of ``base`` field by field. What both have changed stays ``theirs``, and is a conflict."""
    keys = [*dict.fromkeys((*theirs, *mine))]
    changed = {key for key in {*base, *keys} if mine.get(key) != base.get(key)}
    conflicts = {key for key in changed if theirs.get(key) not in (base.get(key), mine.get(key))}
    merged = {key: mine.get(key) if key in changed - conflicts else theirs.get(key) for key in keys}
    return Saved({key: value for key, value in merged.items() if value is not None}, tuple(sorted(conflicts)))


def save_changes(motion: Motion, post: Post, base: Mapping[str, Any], payload: Mapping[str, Any]) -> Saved:
    """Save what differs from ``base``, the payload that the writer has seen last; see :func:`merge`.

    An unchanged draft keeps its revision. Raises ``Invalid``, ``NotAllowed`` or ``Conflict`` as :func:`save`.
    """
    with recording(motion, post, "draft"), transaction.atomic():
        locked = _editable(motion, post)
        saved = merge(base, payload, locked.payload)
        if saved.payload != locked.payload:
            _store(locked, post, saved.payload)
        return saved


def attach(
    motion: Motion,
    post: Post,
    requirement: str,
    name: str,
    stream: Readable | Received,
    expected_sha256: str | None = None,
    *,
    size: int | None = None,
) -> Attachment:
    """Store a file of the case and attach it to the draft under a requirement of the kind.

    ``size``: bytes of a file that was received in pieces, which may be as large as ``LARGE_UPLOAD_MAX_BYTES``. Raises
    what ``documents.store`` raises, ``Invalid`` for more than a motion can hold, ``NotAllowed`` or ``Conflict``; each
    refusal is in the audit log.
    """
    with recording(motion, post, "attachment"):
        require_place(motion, post, requirement, volume.size_of(stream) if size is None else size)
        document = documents.store(
            motion.case,
            post,
            name,
            stream,
            expected_sha256=expected_sha256,
            limit=None if size is None else settings.LARGE_UPLOAD_MAX_BYTES,
            purpose=Purpose({"motion": str(motion.pk)}, motion.secret),
        )
        return _attach(motion, post, requirement, document)


def attach_known(motion: Motion, post: Post, requirement: str, document_id: uuid.UUID) -> Attachment:
    """Attach a file that the case has already, and that ``post`` may open.

    Raises ``Document.DoesNotExist``, ``Invalid`` for a file that the motion has under this requirement already or for
    more than it can hold, ``NotAllowed`` or ``Conflict``; each refusal is in the audit log.
    """
    document = attachable(motion, post).get(pk=document_id)
    with recording(motion, post, "attachment"):
        require_place(motion, post, requirement, document.blob.size)
        if motion.attachments.filter(requirement=requirement, document__blob=document.blob_id).exists():
            message = _("“%(name)s” is attached here already.")
            raise Invalid(Problem("attached-already", message % {"name": document.name}, "file"))
        if motion.secret and not document.secret:
            # The case's own file stays open to whoever could read it: the secret motion has a document of its own.
            document = documents.store_again(document, post, Purpose({"motion": str(motion.pk)}, secret=True))
        return _attach(motion, post, requirement, document)


def attachable(motion: Motion, post: Post) -> QuerySet[Document]:
    """The files of the case that may be attached to the motion; of secret motions only those of this one."""
    of_others = Q(secret=True) & ~Q(pk__in=motion.attachments.values("document"))
    return queries.documents(motion.case, post).exclude(of_others).select_related("blob")


def require_place(motion: Motion, post: Post, requirement: str, size: int) -> None:
    """Raises ``Invalid``, ``NotAllowed`` or ``Conflict`` unless a file of that size may be attached now.

    Checked before a file is received or stored; concurrent attachments are counted again under the lock.
    """
    if requirement not in {entry.key for entry in motion.kind_entry.attachments}:
        message = _("A motion of this kind has no such attachment.")
        raise Invalid(Problem("unknown-requirement", message, "requirement"))
    _require_editable(motion, post, ATTACHABLE)
    volume.require_room(motion, requirement, size)


@transaction.atomic
def _attach(motion: Motion, post: Post, requirement: str, document: Document) -> Attachment:
    locked = _editable(motion, post, ATTACHABLE)
    volume.require_room(locked, requirement, document.blob.size)
    last = locked.attachments.aggregate(last=Max("position"))["last"] or 0
    attachment = Attachment.objects.create(motion=locked, document=document, requirement=requirement, position=last + 1)
    _touch(locked)
    _audit("draft.attached", locked, post, {"sha256": document.blob_id})
    return attachment


@transaction.atomic
def detach(motion: Motion, post: Post, attachment_id: int) -> None:
    """Remove an attachment from the draft; the document stays in the case. Raises ``Attachment.DoesNotExist``."""
    locked = _editable(motion, post, ATTACHABLE)
    waiting = locked.attachments.select_related("document")
    attachment = (waiting if locked.state in EDITABLE else waiting.filter(filed_by=None)).get(pk=attachment_id)
    attachment.delete()
    _touch(locked)
    _audit("draft.detached", locked, post, {"sha256": attachment.document.blob_id})


def missing(motion: Motion) -> list[Problem]:
    """Every problem for which filing would be refused now, each at its field."""
    faults = payloads.faults_of(motion, ActType.MOTION, motion.payload, motion.author)
    return [*faults, *spec_of(ActType.MOTION).check(motion, motion.payload)]


@transaction.atomic
def discard(motion: Motion, post: Post) -> None:
    """Delete a draft that was never filed. Raises ``Conflict`` for a filed one."""
    locked = _editable(motion, post)
    if locked.last_act_id:
        raise Conflict(Problem("already-filed", _("What has been filed cannot be deleted. Withdraw it instead.")))
    # Once the row is deleted, only this entry states who may read the log entries about it.
    _audit("draft.discarded", locked, post, {"secret": locked.secret})
    locked.delete()


@transaction.atomic
def save_act_draft(
    motion: Motion,
    post: Post,
    act_type: ActType | str,
    payload: Mapping[str, Any],
    base: Mapping[str, Any] | None = None,
) -> Saved:
    """Save the input for an act that is not prepared yet, complete or not.

    With ``base``, the input that the writer has seen last, only what differs from it; see :func:`merge`.
    """
    if ActType(act_type) not in checks.available(motion, post):
        raise NotAllowed(Problem("not-yours", _("This act is not yours to write now.")))
    stored, _created = ActDraft.objects.select_for_update().get_or_create(
        motion=motion, post=post, type=act_type, defaults={"payload": {}}
    )
    saved = Saved(dict(payload), ()) if base is None else _merge_act(base, payload, stored.payload)
    if faults := payloads.faults_of(motion, ActType(act_type), saved.payload, post, complete=False):
        raise Invalid(faults)
    stored.payload = saved.payload
    stored.save(update_fields=["payload", "updated_at"])
    return saved


def _merge_act(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Saved:
    """As :func:`merge`; the outcome chosen last counts, with the fields that it has."""
    chosen = {key: mine[key] for key in (payloads.OUTCOME, payloads.NEW_OUTCOME) if key in mine}
    if all(theirs.get(key) == value for key, value in chosen.items()):
        return merge(base, mine, theirs)
    return merge(base, mine, {**{key: value for key, value in theirs.items() if key in mine}, **chosen})


def load_act_draft(motion: Motion, post: Post, act_type: ActType | str) -> dict[str, Any]:
    """The saved input of this post for this act; empty if there is none."""
    draft = ActDraft.objects.filter(motion=motion, post=post, type=act_type).first()
    return draft.payload if draft else {}


def _editable(motion: Motion, post: Post, states: Collection[str] = EDITABLE) -> Motion:
    """The motion, locked."""
    locked = lock(motion)
    _require_editable(locked, post, states)
    return locked


def _require_editable(motion: Motion, post: Post, states: Collection[str]) -> None:
    if not is_author(motion, post) or not post.is_current():
        raise NotAllowed(Problem("not-yours", _("Only its author can change a draft.")))
    if motion.state not in states:
        message = _("The motion has been filed and can no longer be changed.")
        raise Conflict(Problem("moved-on", message, params={"state": motion.state, "revision": motion.revision}))


def require_seen(motion: Motion, revision: int | None) -> None:
    """Raise ``Stale`` if ``revision`` is given and is not that of the motion."""
    if revision is not None and revision != motion.revision:
        message = _("Somebody saved this draft after you opened it.")
        raise Stale(Problem("stale", message, params={"revision": motion.revision}))


def _require_author(case: Case, kind: str, author: Post, kinds: Mapping[str, Any]) -> None:
    if kind not in kinds:
        raise Invalid(Problem("unknown-kind", _("The catalogue has no such kind."), "kind"))
    if author.role not in kinds[kind].author_roles:
        raise NotAllowed(Problem("wrong-author", _("The law does not let this role file a motion of this kind.")))
    if not Case.objects.visible_to(author).filter(pk=case.pk).exists():
        raise NotAllowed(Problem("not-yours", _("You do not work on this case.")))
    if led := routing.leader_problem(case, kinds[kind], author):
        raise NotAllowed(led)


def _touch(motion: Motion, *fields: str) -> None:
    motion.revision += 1
    motion.save(update_fields=[*fields, "revision"])


def _audit(event: str, motion: Motion, post: Post, data: dict[str, Any] | None = None) -> None:
    subject = {"motion": str(motion.pk)}
    audit.append(event, chain=f"draft:{motion.pk}", actor=post.as_actor(), subject=subject, data=data or {})


def attachment_of(motion: Motion, attachment_id: int) -> Attachment:
    """One attachment with its document and blob, or ``Attachment.DoesNotExist``."""
    return motion.attachments.select_related("document__blob").get(pk=attachment_id)
