"""Endpoints of the officer's body: where its messages are posted. REST has the same (``api.views.endpoints``)."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ecase.outbox import receivers, subscriptions
from ecase.outbox.models import Subscription
from ecase.portal.pages import PortalRequest, for_officers, or_404, page, posted_from, refused
from ecase.problems import Refused
from workflows.watch.topics import TOPICS

SHOWN_ONCE = "endpoint-secret"


for_managers = partial(for_officers, roles=subscriptions.MANAGERS)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def index(request: PortalRequest) -> HttpResponseBase:
    """The endpoints and how they fare; once, a new secret. POST adds an endpoint (``address``, ``topics``)."""
    if request.method != "POST":
        shown = request.session.pop(SHOWN_ONCE, None) if request.method == "GET" else None
        return page(request, "endpoints.html", {**_context(request), "shown": shown})
    address, topics = request.POST.get("address", "").strip(), request.POST.getlist("topics")
    try:
        return _shown(request, subscriptions.add_endpoint(request.post, address, [*{*topics} & {*TOPICS}]))
    except Refused as refusal:
        return refused(request, "endpoints.html", {**_context(request), "address": address, "chosen": topics}, refusal)


@posted_from("portal:endpoints")
@for_officers
def change(request: PortalRequest, endpoint_id: UUID) -> HttpResponseBase:
    """End an endpoint, rotate its secret or send a test message to it (``what``)."""
    if request.post.role not in subscriptions.MANAGERS:
        raise Http404
    endpoint = or_404(subscriptions.endpoints_of(request.post).get, pk=endpoint_id)
    what = request.POST.get("what")
    if what == "secret":
        return _shown(request, subscriptions.rotate_secret(endpoint, actor=request.post.as_actor()))
    if what == "test":
        subscriptions.send_test(endpoint)
    elif what == "end":
        subscriptions.unsubscribe(endpoint, actor=request.post.as_actor())
    return redirect("portal:endpoints")


def _shown(request: PortalRequest, endpoint: Subscription) -> HttpResponseBase:
    request.session[SHOWN_ONCE] = {"url": endpoint.url, "secret": endpoint.secret}
    return redirect("portal:endpoints")


def _context(request: PortalRequest) -> dict[str, object]:
    now = timezone.now()
    found = [receivers.receiver(endpoint, now) for endpoint in subscriptions.endpoints_of(request.post)]
    return {"receivers": found, "topics": TOPICS}
