"""The home page: what waits for this post, with the time left, and the list of all motions."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecase.officers.models import Role
from ecase.portal import queues
from ecase.portal.pages import PortalRequest, for_officers, page
from workflows.motions.states import State
from workflows.statute.catalogue import catalogue, in_force


@require_safe
@for_officers
def home(request: PortalRequest) -> HttpResponse:
    """The role's queue, narrowed by state, kind and text; htmx gets the list alone."""
    wishes = queues.Wishes.read(request.GET)
    context = {"wishes": wishes, "motions": queues.listed(request.post, wishes), **_around(request, wishes)}
    return page(request, "queue_list.html" if request.htmx else "queue.html", context)


def _around(request: PortalRequest, wishes: queues.Wishes) -> dict[str, Any]:
    if request.htmx:
        return {}
    version = in_force(settings.JURISDICTION, timezone.now())
    return {
        "waiting": queues.waiting_count(request.post),
        "scopes": [queues.WAITING, queues.ALL],
        "states": [(state.value, state.label) for state in State],
        "kinds": [(kind.key, kind.name) for kind in catalogue(version.pk).kinds.values()],
        "starts_motions": request.post.role == Role.INVESTIGATOR,
    }
