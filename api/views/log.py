"""The audit log as strangers verify it: the signed checkpoint, and the proof that an entry is under it."""

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
    """Whether a chain is about what ``post`` may open: an auditor reads all, others their own and their cases'."""
    thing, _separator, key = chain.partition(":")
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
