"""Signs several prepared acts with one unlocking of the key, and lists signatures that still wait."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ecase.officers.models import Post
from ecase.portal import act_fields
from ecase.portal.pages import PortalRequest, for_officers, page, posted_from, refused_json
from ecase.problems import Invalid, Problem, Undecided
from workflows.motions import queries
from workflows.motions.models import PreparedAct
from workflows.motions.persons import main_person
from workflows.motions.services import batch, pending_signatures
from workflows.motions.services.batch import Outcome
from workflows.motions.states import ActType

MOST_FACTS = 8


@require_safe
@for_officers
def signatures(request: PortalRequest) -> HttpResponse:
    """Unsigned acts that this post has prepared, and signatures that wait to be verified: its own and the court's."""
    prepared = [_to_choose(act, request.post) for act in batch.acts_to_sign(request.post)]
    waiting = [(pending, ActType(pending.prepared.type)) for pending in pending_signatures.waiting_for(request.post)]
    own = [(pending, kind) for pending, kind in waiting if pending.prepared.author_id == request.post.pk]
    others = [(pending, kind) for pending, kind in waiting if pending.prepared.author_id != request.post.pk]
    # A clerk sees a motion once it is registered.
    asked = {pending.prepared.motion_id for pending, _kind in others}
    visible = set(queries.queue(request.post).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    context = {"prepared": prepared, "waiting": own, "others": others, "visible": visible}
    return page(request, "signatures.html", context)


@posted_from("portal:signatures")
@for_officers
def sign_many(request: PortalRequest) -> HttpResponse:
    """Take signatures as JSON, ``{"signatures": [{"act", "cms"}]}``; answer with the result of each act."""
    try:
        given = _given(request.body)
    except (ValueError, KeyError, TypeError, AttributeError):
        return refused_json(Invalid(Problem("signatures", _("The signatures could not be read."), "signatures")))
    results = [_result(outcome) for outcome in batch.perform_many(given, request.post)]
    return JsonResponse({"results": results})


def _to_choose(prepared: PreparedAct, post: Post) -> dict[str, Any]:
    """An act as the list of what can be signed shows it: whom it is about, what it decides, its short facts."""
    act_type, motion = ActType(prepared.type), prepared.motion
    lines = act_fields.describe_payload(motion, act_type, prepared.payload)
    facts = [line for line in lines if line.text and not line.is_long]
    return {"act": prepared, "type": act_type, "person": main_person(motion, post), "facts": facts[:MOST_FACTS]}


def _given(body: bytes) -> list[tuple[UUID, bytes]]:
    return [(UUID(load["act"]), load["cms"].encode()) for load in orjson.loads(body)["signatures"][: batch.MOST]]


def _result(outcome: Outcome) -> dict[str, Any]:
    """State, a sentence, and a link."""
    if outcome.act:
        address = reverse("portal:done", args=[outcome.id])
        return {"act": str(outcome.id), "state": "performed", "text": _("Signed"), "next": address}
    problems = outcome.refusal.problems if outcome.refusal else ()
    state = "waiting" if isinstance(outcome.refusal, Undecided) else "refused"
    title = str(outcome.refusal.title) if outcome.refusal else ""
    text = " ".join(dict.fromkeys([f"{title}.", *(str(problem.message) for problem in problems)]))
    return {"act": str(outcome.id), "state": state, "text": text, "next": None}
