"""The officer's own sessions and tokens; and signing again before a change of reference data."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecase.limits import services as limits
from ecase.officers import sessions, sign_in, tokens
from ecase.portal.pages import PortalRequest, for_officers, next_json, page, posted_from, refused_json
from ecase.problems import Refused

# Parts of User-Agent headers, and the browser's common name; the first match counts.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The officer's open sessions and tokens."""
    current = request.session.session_key
    shown = [
        {
            "session": session,
            "id": sessions.public_id(session.session_key),
            "browser": next((name for mark, name in _BROWSERS if mark in session.agent), _("another browser")),
            "system": next((name for mark, name in _SYSTEMS if mark in session.agent), ""),
            "is_current": session.session_key == current,
        }
        for session in sessions.open_sessions(request.post.officer)
    ]
    issued = [
        {"name": token.digest[: tokens.SHOWN], "token": token} for token in tokens.of_officer(request.post.officer)
    ]
    context = {"sessions": shown, "tokens": issued, "lifetime": sessions.lifetime(request.post)}
    return page(request, "sessions.html", context)


@posted_from("portal:sessions")
@for_officers
def end(request: PortalRequest) -> HttpResponseBase:
    """End one session (``session``), all others (``others``) or one token (``token``) of the officer's own."""
    if "others" in request.POST:
        sessions.end(request.post, all_but=request.session.session_key)
    elif "token" in request.POST:
        tokens.revoke_named(request.post, request.POST["token"])
    else:
        sessions.end(request.post, named=request.POST.get("session", ""))
    return redirect("portal:sessions")


@require_safe
@for_officers
def confirm(request: PortalRequest) -> HttpResponseBase:
    """Sign again; then the form that waited is sent by one click."""
    confirmed = sessions.is_confirmed(request)
    held = sessions.held_change(request, keep=not confirmed)
    if held is None:
        return redirect("portal:home")
    return page(request, "confirm.html", {"held": held, "confirmed": confirmed})


@posted_from("portal:confirm")
@for_officers
def confirm_answer(request: PortalRequest) -> HttpResponse:
    """Take the signed challenge (fields ``challenge``, ``cms``)."""
    try:
        limits.require("sign-in", request)
        officer = sign_in.answer(request.POST.get("challenge", ""), request.POST.get("cms", "").encode())
        sessions.confirm(request, request.post, officer)
    except Refused as refusal:
        return refused_json(refusal)
    return next_json("portal:confirm")
