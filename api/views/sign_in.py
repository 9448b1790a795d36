"""Sign-in with the signing key: challenge, token, and current session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import token_of
from api.conditional import answer
from api.serializers.sessions import ChallengeShape, PostShape, SessionShape, SignInInput, TokenShape
from api.throttling import AnonymousThrottle
from api.views.base import OpenView, View, checked
from ecase.officers import posts, sign_in, tokens
from ecase.officers.models import Officer, Post, Token
from ecase.problems import Invalid, NotAllowed, Problem


class Challenge(OpenView):
    throttle_scope = "sign-in"

    @extend_schema(operation_id="challenge", request=None, responses={201: ChallengeShape})
    def post(self, request: Request) -> Response:
        """Unique bytes to sign. A challenge is valid for minutes, and for one answer."""
        body = ChallengeShape(sign_in.challenge()).data
        return Response(body, status=201)


class Tokens(View):
    """Issue a token for a signed challenge, and revoke the current one."""

    throttle_scope = "sign-in"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Revoking needs a token; a request for one needs none, and guessing is limited."""
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.authentication_classes, self.permission_classes = (), ()
            self.throttle_classes = (AnonymousThrottle,)

    @extend_schema(operation_id="signIn", auth=[], request=SignInInput, responses={201: TokenShape})
    def post(self, request: Request) -> Response:
        """A token for the officer whose certificate answers the challenge, bound to one post.

        An officer who holds several posts names one. Without it the problem `post-needed` lists them, and the same
        signature is taken once more, until the challenge expires.
        """
        given = checked(SignInInput, request.data)
        officer = sign_in.answer(given["challenge"], given["cms"])
        token, secret = tokens.issue(_chosen(officer, given))
        body = {**_session(token, officer), "token": secret}
        return Response(body, status=201)

    @extend_schema(operation_id="signOut", responses={204: OpenApiResponse(description="The token is worthless now.")})
    def delete(self, request: Request) -> Response:
        """Revoke the token that the request brings."""
        tokens.revoke(token_of(request))
        return Response(status=204)


class Session(View):
    revalidated = True

    @extend_schema(operation_id="getSession", responses=SessionShape)
    def get(self, request: Request) -> HttpResponse:
        """The officer, the post in which the token acts, and the officer's other posts."""
        token = token_of(request)
        return answer(request, _session(token, token.post.officer))


def _session(token: Token, officer: Officer) -> Any:
    held = {"officer": officer, "post": token.post, "posts": posts.of(officer), "expires_at": token.expiry}
    return SessionShape(held).data


def _chosen(officer: Officer, given: dict[str, Any]) -> Post:
    if "post" in given:
        return sign_in.chosen(officer, given["post"])
    held = list(posts.of(officer))
    if not held:
        raise NotAllowed(posts.NO_CURRENT_POST)
    if len(held) == 1:
        return held[0]
    listed = PostShape(held, many=True).data
    sign_in.allow_once_more(given["challenge"])
    message = _("You hold more than one post. Send the same signature again, and name the one in which you act.")
    raise Invalid(Problem("post-needed", message, "post", {"posts": listed}))
