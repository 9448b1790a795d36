"""The signed bytes: ``act.json``, canonical JSON (RFC 8785) of everything that the act states.

It names installation, case, motion, step, author, the previous act with the digests of its bytes and of its signature
(so that motion, agreement and protocol form a chain), a challenge, the payload and the digest of every file.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from ecase.instants import format_instant
from ecase.officers.models import Post
from ecase.statements import HotQuery
from signatures.canonical import canonical
from workflows.motions.models import Act, Attachment, Motion
from workflows.motions.states import ActType
from workflows.statute.models import CatalogueVersion

SCHEMA = "ecase.act/1"


@dataclass(frozen=True)
class Draft:
    """An act before its bytes are frozen. ``author`` is ``None`` for acts of the service."""

    id: uuid.UUID
    motion: Motion
    type: ActType
    author: Post | None
    payload: Mapping[str, Any]
    at: datetime
    previous: Act | None
    files: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The attachments that the act states: all of a motion's, or those that a supplement adds."""
        if self.type not in (ActType.MOTION, ActType.SUPPLEMENT):
            return []
        return _ATTACHED.rows(self.type == ActType.SUPPLEMENT, motion=self.motion.pk)


def _attached(only_new: bool, *, motion: uuid.UUID) -> "QuerySet[Attachment]":
    rows = Attachment.objects.filter(motion=motion).select_related("document__blob")
    return rows.filter(filed_by=None) if only_new else rows


_ATTACHED: HotQuery[Attachment] = HotQuery(_attached)


def freeze(draft: Draft) -> bytes:
    """The canonical bytes of the act. Raises ``ValueError`` if the payload does not fit the narrowed profile."""
    motion, previous = draft.motion, draft.previous
    chained = None
    if previous:
        chained = {"act": str(previous.pk), "sha256": previous.sha256, "cms_sha256": previous.cms_sha256}
    statement = {
        "schema": SCHEMA,
        "installation": settings.INSTALLATION_ID,
        "case": {"id": str(motion.case_id), "number": motion.case.number},
        "motion": {
            "id": str(motion.pk),
            "kind": motion.kind,
            "version": motion.version,
            "catalogue": dict(_catalogue(motion.catalogue_id)),
        },
        "act": {
            "id": str(draft.id),
            "type": str(draft.type),
            "position": previous.position + 1 if previous else 1,
            "from_state": motion.state,
        },
        "author": author_of(draft.author),
        "previous": chained,
        "challenge": {"nonce": secrets.token_hex(16), "issued_at": format_instant(draft.at)},
        "payload": dict(draft.payload),
        "files": [dict(file) for file in draft.files],
    }
    return bytes(canonical(statement))


def files(frozen: bytes) -> list[dict[str, Any]]:
    """The act's files by digest, its own paper first: ``name``, ``media_type``, ``size`` (bytes), ``sha256``."""
    listed: list[dict[str, Any]] = json.loads(frozen)["files"]
    return listed


def author_of(post: Post | None) -> dict[str, str]:
    """The author of the act: a natural person in a post, or the service."""
    if post is None:
        return {"service": settings.INSTALLATION_ID}
    return {
        "officer": str(post.officer_id),
        "iin": post.officer.iin,
        "name": post.officer.full_name,
        "role": post.role,
        "bin": post.organisation.bin,
        "organisation": post.organisation.name("kk"),
    }


@lru_cache(maxsize=16)
def _catalogue(pk: int) -> dict[str, str]:
    """Cached in the process, as published versions never change."""
    named = CatalogueVersion.objects.only("jurisdiction", "version", "sha256").get(pk=pk)
    return {"jurisdiction": named.jurisdiction, "version": named.version, "sha256": named.sha256}


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
