"""The home page: the motions that wait for this post, with the time left, and its other worklists."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ecase.portal import kinds, queues
from ecase.portal.pages import PortalRequest, for_officers, page
from workflows.motions.services import pending_signatures
from workflows.motions.states import State
from workflows.motions.worklists import worklists_of
from workflows.statute.catalogue import catalogue, in_force


@require_safe
@for_officers
def home(request: PortalRequest) -> HttpResponse:
    """The role's motions, filtered by worklist, state, kind, group, due and text; htmx gets only the list."""
    wishes = queues.Wishes.read(request.GET)
    if request.htmx and request.GET.get("seen") == queues.digest_motions(request.post, wishes):
        return HttpResponse(status=204)
    motions = queues.fetch_motions(request.post, wishes)
    context = {"wishes": wishes, "motions": motions, "seen": queues.digest_page(motions), **_around(request, wishes)}
    return page(request, "queue_list.html" if request.htmx else "queue.html", context)


def _around(request: PortalRequest, wishes: queues.Wishes) -> dict[str, Any]:
    law = catalogue(in_force())
    counts = {
        "waiting": queues.count_waiting(request.post),
        "undecided": pending_signatures.waiting_for(request.post).count(),
    }
    if request.htmx:
        return {**counts, "is_part": True}
    grouped = [
        (group.key, group.label, [kind for kind in law.kinds.values() if kind.group == group.key])
        for group in law.groups
    ]
    return {
        **counts,
        "starts_motions": kinds.may_start(request.post),
        "worklists": worklists_of(request.post),
        "states": [(state.value, state.label) for state in State],
        "groups": [group for group in grouped if group[2]],
        "dues": list(queues.DUE.items()),
        "outcomes": list(queues.DECIDED.items()),
    }
