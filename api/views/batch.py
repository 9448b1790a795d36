"""Many signatures in one request, for signing several acts with one unlocking of the key."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.serializers.batch import SignatureResultShape, SignatureResultsShape, SignaturesInput
from api.views.base import View, checked
from workflows.motions.services.batch import perform_many


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
        results = SignatureResultShape(outcomes, many=True, context={"request": request}).data
        return Response({"results": results})
