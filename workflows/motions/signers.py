"""What an officer who has signed an act keeps seeing when the motion is no longer visible to him.

A prosecutor returns a motion, a judge steps aside, a chair transfers it to another court: the motion is with others,
and each keeps what he signed. He sees the motion as it stood with the last act that he has signed, and the acts up to
that one: neither later drafts, versions or attachments, nor the result.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db.models import Exists, OuterRef

from ecase.audit import services as audit
from ecase.cases import integrity
from ecase.cases.models import Blob
from ecase.officers.models import Organisation, Post, Role
from workflows.motions.exports import act_json
from workflows.motions.models import Act, Motion, MotionQuerySet
from workflows.motions.queries import decided as get_decided
from workflows.motions.queries import get as get_open
from workflows.motions.states import DECISIONS, ActType

# Counsel's right to read ends with their part in the case; they keep only their own acts.
OWN_ACTS_ALONE = frozenset({Role.DEFENDER})
RELATED = ("case", "author__officer", "author__organisation", "organisation", "prosecution", "court")
_LARGE = ("act_json", "cms", "report")


@dataclass(frozen=True)
class Kept:
    """A motion as it stood with the last act that a post has signed on it. ``motion`` is in memory, never saved."""

    motion: Motion
    acts: Sequence[Act]
    own: Sequence[Act]

    @property
    def filed(self) -> Act | None:
        """The act that filed the version on which he has acted, if he may read it."""
        return last_of(self.acts, ActType.MOTION)

    @property
    def files(self) -> list[tuple[Act, Mapping[str, Any]]]:
        """The files of that version when he acted: each with the act that added it."""
        filed = self.filed
        since = [act for act in self.acts if filed and act.position >= filed.position]
        brought = [act for act in since if act.type in (ActType.MOTION, ActType.SUPPLEMENT)]
        # The first file is the paper of the act itself.
        return [(act, file) for act in brought for file in act_json.files(bytes(act.act_json))[1:]]


@dataclass(frozen=True)
class SeenAct:
    """An act that a post may read, with its motion as the post sees it; ``is_kept`` if the motion itself is hidden."""

    act: Act
    motion: Motion
    is_kept: bool


def last_of(acts: Sequence[Act], *types: ActType) -> Act | None:
    """The last of the acts that is of one of these types."""
    return next((act for act in reversed(acts) if act.type in types), None)


def elsewhere(post: Post) -> MotionQuerySet:
    """The motions that ``post`` may no longer open, and on which it has signed an act."""
    is_open = Exists(Motion.objects.visible_to(post).filter(pk=OuterRef("pk")))
    return Motion.objects.signed_by(post).filter(~is_open)


def get(post: Post, motion_id: uuid.UUID | str) -> Kept:
    """A motion as it stood when ``post`` signed its last act on it. Raises ``Motion.DoesNotExist``."""
    row = Motion.objects.signed_by(post).select_related(*RELATED).get(pk=motion_id)
    acts = row.acts.select_related("author__officer", "author__organisation", "pdf").defer("cms").order_by("position")
    return _kept(row, list(acts), post)


def act(post: Post, act_id: uuid.UUID) -> SeenAct:
    """An act of a motion that ``post`` may open, or that it keeps seeing. Raises ``DoesNotExist``.

    A decision of which a copy is owed to a client is open to his counsel, without the motion.
    """
    found = Act.objects.select_related("pdf", "author__officer", "author__organisation").get(pk=act_id)
    try:
        found.motion = get_open(post, found.motion_id)
    except Motion.DoesNotExist as hidden:
        if found.type in DECISIONS and Motion.objects.decided_for(post).filter(pk=found.motion_id).exists():
            found.motion = get_decided(post, found.motion_id)
        else:
            kept = get(post, found.motion_id)
            if found.pk not in {act.pk for act in kept.acts}:
                raise Act.DoesNotExist from hidden
            found.motion = kept.motion
        return SeenAct(found, found.motion, is_kept=True)
    return SeenAct(found, found.motion, is_kept=False)


def require_evidence(seen: SeenAct, post: Post) -> None:
    """Raise ``Act.DoesNotExist`` if the container of an act would hold more than the reader keeps."""
    if seen.is_kept and post.role in OWN_ACTS_ALONE:
        raise Act.DoesNotExist


@dataclass(frozen=True)
class SignedFile:
    """A file that an act has added, as its bytes state it; ``blob`` holds it."""

    act: Act
    name: str
    media_type: str
    blob: Blob


def file(post: Post, act_id: uuid.UUID, sha256: str) -> SignedFile:
    """A file of the version on which ``post`` has acted, by its digest. Raises ``DoesNotExist`` for any other."""
    kept = get(post, Act.objects.only("motion_id").get(pk=act_id).motion_id)
    for act, named in kept.files:
        if act.pk == act_id and named["sha256"] == sha256:
            return SignedFile(act, named["name"], named["media_type"], Blob.objects.get(pk=sha256))
    raise Act.DoesNotExist


def read(found: SignedFile, post: Post) -> File:
    """The bytes; the reading is logged. Raises ``Altered`` if the storage no longer holds them."""
    opened = integrity.open_intact(found.blob.sha256)
    subject = {"motion": str(found.act.motion_id), "act": str(found.act.pk)}
    data = {"sha256": found.blob.pk}
    chain, actor = audit.own_chain(post.officer_id, found.act.motion_id), post.as_actor()
    audit.read("document.read", chain=chain, actor=actor, subject=subject, data=data)
    return opened


def as_they_stood(post: Post, rows: Iterable[Motion]) -> list[Motion]:
    """Each of ``rows``, motions that ``post`` has signed on, as it stood then; one query for all."""
    listed = list(rows)
    acts: dict[uuid.UUID, list[Act]] = {}
    found = Act.objects.filter(motion__in=[row.pk for row in listed]).select_related("author").defer(*_LARGE)
    for act in found.order_by("position"):
        acts.setdefault(act.motion_id, []).append(act)
    return [_kept(row, acts.get(row.pk, []), post).motion for row in listed]


def _kept(row: Motion, acts: Sequence[Act], post: Post) -> Kept:
    signer = (post.officer_id, post.organisation_id, post.role)
    own = [
        act
        for act in acts
        if act.author and (act.author.officer_id, act.author.organisation_id, act.author.role) == signer
    ]
    until = [act for act in acts if own and act.position <= own[-1].position]
    stood = _as_it_stood(row, until)
    shown = own if post.role in OWN_ACTS_ALONE else until
    for act in shown:
        act.motion = stood
    return Kept(stood, shown, own)


def _as_it_stood(row: Motion, acts: Sequence[Act]) -> Motion:
    """The motion as of the last of ``acts``, as far as a page shows it."""
    last, filed = acts[-1], last_of(acts, ActType.MOTION)
    registered, decided = last_of(acts, ActType.REGISTRATION), last_of(acts, *DECISIONS)
    # The motion may have been transferred to another court since.
    court = row.court
    if registered and registered.payload["court"] != court.bin:
        court = Organisation.objects.get(bin=registered.payload["court"])
    stood = Motion(
        **{name: getattr(row, name) for name in _SAME},
        state=last.to_state,
        appeal_state=last.to_appeal,
        revision=last.position,
        version=last.version,
        payload=_payload(acts, filed),
        court=court,
        number=registered.payload["number"] if registered else None,
        submitted_at=filed.performed_at if filed else None,
        registered_at=registered.performed_at if registered else None,
        decided_at=decided.performed_at if decided else None,
        outcome=decided.payload["outcome"] if decided else "",
        last_act=last,
    )
    # Lists show neither its present deadline nor what it waits for now.
    stood.is_kept = True  # type: ignore[attr-defined]
    return stood


# Columns that no act changes.
_SAME = (
    "id",
    "case",
    "kind",
    "catalogue_id",
    "language",
    "secret",
    "author",
    "organisation",
    "prosecution",
    "created_at",
)


def _payload(acts: Sequence[Act], filed: Act | None) -> dict[str, Any]:
    """The content of the last filed version, with the instants corrected since."""
    stated: dict[str, Any] = dict(filed.payload) if filed else {}
    for act in acts:
        if filed and act.type == ActType.CORRECTION and act.position > filed.position:
            stated[act.payload["field"]] = act.payload["value"]
    return stated
