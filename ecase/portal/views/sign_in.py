"""Sign-in with the key that signs acts, choice of a post, language, and sign-out."""

import uuid
from dataclasses import replace
from typing import TypeVar

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from ecase.limits import services as limits
from ecase.officers import posts, sign_in
from ecase.officers.models import Officer, Post, Role
from ecase.portal.context import signer_page
from ecase.portal.pages import next_json, page, posted_from, refused, refused_json
from ecase.problems import Invalid, NotAllowed, Problem, Refused, TooMany

Answer = TypeVar("Answer", bound=HttpResponse)
# Until a post is chosen, the session holds the officer but is not signed in yet.
CANDIDATE, DESTINATION = "signing-in", "signing-in-to"
MOST_VISITORS = 60


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    if getattr(request, "post", None) is not None:
        return redirect("portal:home")
    has_ended = "ended" in request.GET or settings.SESSION_COOKIE_NAME in request.COOKIES
    context = {"next": request.GET.get("next", ""), "has_ended": has_ended, "visitors": _visitors()}
    return page(request, "sign_in.html", context)


@posted_from("portal:sign-in")
def challenge(request: HttpRequest) -> HttpResponse:
    """New bytes to sign; their id is in the header ``X-Challenge``."""
    try:
        limits.require("sign-in", request)
    except TooMany as refusal:
        return refused_json(refusal)
    fresh = sign_in.challenge()
    return HttpResponse(bytes(fresh.to_sign), "application/json", headers={"X-Challenge": str(fresh.pk)})


@posted_from("portal:sign-in")
def answer(request: HttpRequest) -> HttpResponse:
    """Take the signed challenge (fields ``challenge``, ``cms``, ``next``); JSON with the address, or the problems."""
    try:
        limits.require("sign-in", request)
        officer = sign_in.answer(request.POST.get("challenge", ""), request.POST.get("cms", "").encode())
        held, destination = list(posts.of(officer)), request.POST.get("next", "")
        if len(held) == 1:
            return _speaking(officer, next_json(_enter(request, officer, held[0], destination)), request)
    except Refused as refusal:
        return refused_json(refusal)
    request.session[CANDIDATE], request.session[DESTINATION] = str(officer.pk), destination
    return _speaking(officer, next_json("portal:choose-post"), request)


def choose_post(request: HttpRequest) -> HttpResponseBase:
    """The choice among several posts."""
    officer = Officer.objects.filter(pk__in=_known(request.session.get(CANDIDATE))).first()
    if officer is None:
        return redirect("portal:sign-in")
    if request.method != "POST":
        return page(request, "choose_post.html", {"officer": officer, "posts": posts.of(officer)})
    named = _known(request.POST.get("post"))
    if not named:
        refusal = Invalid(Problem("post", _("Choose the post in which you act now."), "post"))
        return refused(request, "choose_post.html", {"officer": officer, "posts": posts.of(officer)}, refusal)
    try:
        chosen = sign_in.chosen(officer, named[0])
    except NotAllowed as refusal:
        # A signature allows one choice.
        del request.session[CANDIDATE]
        shown = NotAllowed(replace(problem, field="") for problem in refusal.problems)
        return refused(request, "sign_in.html", {"next": request.session.get(DESTINATION, "")}, shown)
    destination = _enter(request, officer, chosen, request.session.get(DESTINATION, ""))
    return _speaking(officer, redirect(destination), request)


@posted_from("portal:sign-in")
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    auth.logout(request)
    return redirect("portal:sign-in")


@posted_from("portal:home")
def language(request: HttpRequest) -> HttpResponseBase:
    """Set the language of the pages; a signed-in officer's choice is stored."""
    post: Post | None = getattr(request, "post", None)
    wanted = request.POST.get("language", "")
    if post is not None and wanted in dict(settings.LANGUAGES):
        Officer.objects.filter(pk=post.officer_id).update(language=wanted)
    return set_language(request)


def _visitors() -> list[tuple[str, list[Post]]]:
    """Whom one can be in the demo, by role in the order of a motion's path; nobody elsewhere."""
    if not signer_page():
        return []
    held = posts.current().order_by("organisation__level", "officer__sort_key", "pk")[:MOST_VISITORS]
    by_role = {role: [post for post in held if post.role == role] for role in Role}
    return [(str(role.label), people) for role, people in by_role.items() if people]


def _enter(request: HttpRequest, officer: Officer, post: Post, destination: str) -> str:
    """Open the session; returns the address to go to."""
    sign_in.open_session(request, officer, post)
    for key in (CANDIDATE, DESTINATION):
        request.session.pop(key, None)
    is_ours = url_has_allowed_host_and_scheme(destination, {request.get_host()}, require_https=request.is_secure())
    return destination if is_ours else reverse("portal:home")


def _speaking(officer: Officer, answer: Answer, request: HttpRequest) -> Answer:
    """Switch the pages to the officer's language."""
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, officer.language, samesite="Lax", secure=request.is_secure())
    return answer


def _known(value: object) -> list[uuid.UUID]:
    """``value`` as an id for a filter; an id that nobody has if it is not one."""
    try:
        return [uuid.UUID(str(value))]
    except ValueError:
        return []
