"""The audit log as strangers verify it: the signed checkpoint, and the proof that an entry is under it."""

import base64

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from api.authentication import post_of
from api.views.base import OpenView, View
from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.cases.models import Case
from ecase.officers.models import Post, Role
from workflows.motions import reading

TEXT = "text/plain"


class Checkpoint(OpenView):
    """The newest checkpoint."""

    throttle_scope = "checkpoint"

    @extend_schema(operation_id="getCheckpoint", responses={(200, TEXT): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """A C2SP signed note: size and root hash of the log. It names nobody, and anybody may keep it."""
        return _text(audit.checkpoint())


class Consistency(OpenView):
    """That the log of a later checkpoint begins with that of an earlier one."""

    throttle_scope = "checkpoint"

    @extend_schema(
        operation_id="getConsistency",
        parameters=[
            OpenApiParameter("old", OpenApiTypes.INT64, "path"),
            OpenApiParameter("size", OpenApiTypes.INT64, "path"),
        ],
        responses={(200, TEXT): OpenApiTypes.STR},
    )
    def get(self, request: Request, old: int, size: int) -> HttpResponse:
        """The hashes of RFC 9162, 2.1.4, in base64, one a line: what `--consistency` of the offline verifier reads.

        For whoever kept a checkpoint; 404 for sizes that the log has not signed yet.
        """
        newest = audit.signed_size()
        if not 0 < old <= size <= newest:
            raise Entry.DoesNotExist
        hashes = [base64.b64encode(one).decode() for one in audit.consistency(old, size)]
        return _text("".join(f"{one}\n" for one in hashes))


class ProofOfEntry(View):
    """That an entry is in the log."""

    @extend_schema(
        operation_id="getProof",
        parameters=[OpenApiParameter("entry", OpenApiTypes.INT64, "path")],
        responses={(200, TEXT): OpenApiTypes.STR},
    )
    def get(self, request: Request, entry: int) -> HttpResponse:
        """A `c2sp.org/tlog-proof@v1` text, to be checked offline. For whoever may read what the entry is about."""
        found = Entry.objects.get(pk=entry)
        if not _may_read(found.chain, post_of(request)):
            raise Entry.DoesNotExist
        return _text(audit.proof(found))


def _may_read(chain: str, post: Post) -> bool:
    """Whether a chain is about what ``post`` may open: an auditor reads all but secret motions, others
    their own and their cases'."""
    thing, _separator, key = chain.partition(":")
    if thing == "motion":
        return reading.queue(post).filter(pk=key).exists()
    if post.role == Role.AUDITOR:
        return True
    if thing == "officer":
        return key == str(post.officer_id)
    if thing != "case":
        return False
    cases = Case.objects.visible_to(post).filter(pk=key)
    return bool(cases.exists() or reading.queue(post).filter(case__pk=key).exists())


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
