"""Context of every page: the signed-in officer, the signer's address, the number of unread notices."""

import base64
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ecase.officers.models import Post, Role
from ecase.outbox.services import MOST_COUNTED, unread
from ecase.outbox.subscriptions import MANAGERS
from ecase.trust import services as trust

READERS_OF_THE_LOG = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
WORK_ON_CASES = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.DEFENDER})
WATCH_MEASURES = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.JUDGE, Role.COURT_CHAIR})


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every template of the portal."""
    post: Post | None = getattr(request, "post", None)
    return {
        "post": post,
        "demo": settings.DEMO,
        "manages_endpoints": post is not None and post.role in MANAGERS,
        "signer_url": settings.SIGNER_URL,
        "signer_page": signer_page(),
        "signer_in_page": settings.SIGNER_IN_PAGE,
        "signer_usage": SimpleLazyObject(lambda: signer_usage(post)),
        "keeper": SimpleLazyObject(lambda: keeper(post)),
        "server_now": timezone.now(),
        "navigation": SimpleLazyObject(lambda: navigation(request, post)),
    }


def keeper(post: Post | None) -> dict[str, str]:
    """Name and key under which the browser stores unsaved input, for this officer in this post only."""
    if post is None:
        return {}
    name = f"{post.officer_id}:{post.pk}"
    key = salted_hmac("ecase.portal.keeper", name, algorithm="sha256").digest()
    return {"name": name, "key": base64.b64encode(key).decode()}


def navigation(request: HttpRequest, post: Post | None) -> list[dict[str, Any]]:
    """The entries of the main menu for this post: label, address, whether it is the current one, a count."""
    if post is None:
        return []
    entries = [_entry(request, "home", _("My queue"))]
    if post.role in WORK_ON_CASES:
        entries.append(_entry(request, "cases", _("Cases")))
    if post.role in WATCH_MEASURES:
        entries.append(_entry(request, "measures", _("Measures in force")))
    if post.role in READERS_OF_THE_LOG:
        entries.append(_entry(request, "audit", _("Audit log")))
    if post.role == Role.ADMINISTRATOR:
        entries.append({"label": _("Reference data"), "address": reverse("admin:index"), "current": False})
    entries.append({**_entry(request, "inbox", _("Notices")), "count": unread(post), "most": MOST_COUNTED})
    return entries


def signer_usage(post: Post | None) -> str:
    """The key usage by which the signer filters keys for this role; empty if several usages are accepted."""
    rules = trust.at(timezone.now()).rules
    usages = rules[post.role].usages if post and post.role in rules else frozenset()
    return next(iter(usages)) if len(usages) == 1 else ""


def _entry(request: HttpRequest, name: str, label: str) -> dict[str, Any]:
    address = reverse(f"portal:{name}")
    current = request.path == address if name == "home" else request.path.startswith(address)
    return {"label": label, "address": address, "current": current}


def signer_page() -> str:
    """Where the demo signer asks for the identity: the port after its WebSocket's. Empty if there is none."""
    if not settings.DEMO or settings.SIGNER_IN_PAGE:
        return ""
    place = urlsplit(settings.SIGNER_URL)
    return f"http://{place.hostname}:{(place.port or 0) + 1}/"
