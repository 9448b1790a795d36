"""The audit log for third-party verification: the signed checkpoint, and proofs of entries."""

import base64

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from api.authentication import post_of
from api.views.base import OpenView, View
from ecase.audit import services as audit
from ecase.audit.models import Entry
from workflows.motions.visibility import entry_is_visible

TEXT = "text/plain"


class Checkpoint(OpenView):
    produces = (TEXT,)
    throttle_scope = "checkpoint"

    @extend_schema(operation_id="getCheckpoint", responses=OpenApiTypes.STR)
    def get(self, request: Request) -> HttpResponse:
        """A C2SP signed note: size and root hash of the log. It names no person, and anybody may keep it."""
        return _text(audit.checkpoint())


class Consistency(OpenView):
    """The proof that the log of a later checkpoint begins with that of an earlier one."""

    produces = (TEXT,)
    throttle_scope = "checkpoint"

    @extend_schema(
        operation_id="getConsistency",
        parameters=[
            OpenApiParameter("old", OpenApiTypes.INT64, "path"),
            OpenApiParameter("size", OpenApiTypes.INT64, "path"),
        ],
        responses=OpenApiTypes.STR,
    )
    def get(self, request: Request, old: int, size: int) -> HttpResponse:
        """The hashes of RFC 9162, 2.1.4, in base64, one per line, as `--consistency` of the offline verifier reads.

        For anyone who kept a checkpoint; 404 for sizes that the log has not signed yet.
        """
        newest = audit.signed_size()
        if not 0 < old <= size <= newest:
            raise Entry.DoesNotExist
        hashes = [base64.b64encode(digest).decode() for digest in audit.consistency(old, size)]
        return _text("".join(f"{digest}\n" for digest in hashes))


class ProofOfEntry(View):
    """The proof that an entry is in the log."""

    produces = (TEXT,)

    @extend_schema(
        operation_id="getProof",
        parameters=[OpenApiParameter("entry", OpenApiTypes.INT64, "path")],
        responses=OpenApiTypes.STR,
    )
    def get(self, request: Request, entry: int) -> HttpResponse:
        """A `c2sp.org/tlog-proof@v1` text, to be checked offline.

        Its line `extra` carries the entry for readers who may see its subject; for anybody else only the SHA-256 of the
        entry (32 bytes).
        """
        found = Entry.objects.get(pk=entry)
        return _text(audit.proof(found, bare=not entry_is_visible(found, post_of(request))))


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
