"""Many signatures in one request, for signing several acts with one unlocking of the key."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.problems import describe
from api.serializers.batch import SignatureResultsShape, SignaturesInput
from api.views.base import View, checked
from ecase.problems import Undecided
from workflows.motions.services.batch import Outcome, perform_many


class Signatures(View):
    """The signatures of several prepared acts."""

    @extend_schema(operation_id="signActs", request=SignaturesInput, responses=SignatureResultsShape)
    def post(self, request: Request) -> Response:
        """Perform each act separately: one that is refused does not affect the others.

        Results are in the order of the request. Repeating the request is safe without a key: an act is performed once,
        and is `performed` again in the answer.
        """
        given = checked(SignaturesInput, request.data)["signatures"]
        outcomes = perform_many([(signature["act"], signature["cms"]) for signature in given], post_of(request))
        return Response({"results": [_result(request, outcome) for outcome in outcomes]})


def _result(request: Request, outcome: Outcome) -> dict[str, Any]:
    known: dict[str, Any] = {"act": str(outcome.id), "url": None, "motion": None, "motion_state": None, "problem": None}
    if outcome.act:
        url = request.build_absolute_uri(reverse("api:act", args=[outcome.id]))
        motion = outcome.act.motion
        return {**known, "status": "performed", "url": url, "motion": str(motion.pk), "motion_state": motion.state}
    status = "waiting" if isinstance(outcome.refusal, Undecided) else "refused"
    problem = describe(outcome.refusal).as_dict(request.path) if outcome.refusal else None
    return {**known, "status": status, "problem": problem}
