"""Every kind of the catalogue, from its draft to its delivery, over REST by plain clients of all three roles.

Generated from the catalogue: a new kind is tested by being added.
"""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from signatures import container, offline
from tests.api.conftest import Caller
from tests.motions.conftest import PDF, World
from tests.motions.payloads import fill
from workflows.motions.models import Motion
from workflows.statute.loading import read_folder
from workflows.statute.schema import Form, Kind
from workflows.watch import duties

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = read_folder(settings.STATUTE_DIR / settings.JURISDICTION).kinds
TRY_LATER = 503
JOURNEYS = [(kind, outcome.key) for kind in KINDS.values() for outcome in kind.outcomes]


class Journey:
    """One motion and the clients that carry it."""

    def __init__(self, world: World, call: Callable[..., Caller], kind: Kind) -> None:
        self.world, self.kind = world, kind
        self.callers = {role: call(post) for role, post in world.posts.items()}
        self.url = ""

    def file(self) -> None:
        """Draft, text, attachments, signature: what an investigator's system does."""
        caller = self.callers["investigator"]
        draft = ok(caller.post("/api/v1/motions/", {"case": self.world.case.number, "kind": self.kind.key}), 201)
        self.url = draft["url"]
        payload = fill(self.kind.form, self.world.case)
        ok(caller.patch(self.url, {"payload": payload}, headers={"If-Match": f'"{draft["revision"]}"'}))
        for requirement in self.kind.attachments:
            file = SimpleUploadedFile(f"{requirement.key}.pdf", PDF + requirement.key.encode())
            fields = {"requirement": requirement.key, "file": file}
            ok(caller.post(f"{self.url}documents/", fields, format="multipart"), 201)
        self.act("investigator", "motion", {})

    def act(self, role: str, act_type: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Open, prepare, sign, submit."""
        caller = self.callers[role]
        ok(caller.get(f"{self.url}documents/"))
        prepared = ok(caller.post(f"{self.url}acts/", {"type": act_type, "payload": payload}), 201)
        cms = self.world.keys.sign(self.world.posts[role], base64.b64decode(prepared["to_sign"]))
        body = {"cms": base64.b64encode(cms).decode()}
        return ok(caller.post(prepared["signature"], body, headers={"Idempotency-Key": str(uuid.uuid4())}), 201)

    def state(self, role: str = "investigator") -> str:
        return str(ok(self.callers[role].get(self.url))["state"])

    def filled(self, form: Form) -> dict[str, Any]:
        return fill(form, self.world.case)


def ok(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code in (status, 200), response.content
    return dict(response.data)


@pytest.mark.parametrize(("kind", "outcome"), JOURNEYS, ids=lambda one: getattr(one, "key", one))
def test_from_draft_to_delivery(
    make_world: Callable[[], World], call: Callable[..., Caller], log: None, kind: Kind, outcome: str
) -> None:
    journey = Journey(make_world(), call, kind)

    journey.file()
    if kind.prosecutor.role == "consent":
        assert journey.state() == "submitted"
        journey.act("prosecutor", "agreement", journey.filled(kind.form_for("agreement")))
    assert journey.state() == "assigned"
    decision = kind.decision_act(outcome)
    act = journey.act("judge", decision, {"outcome": outcome, **journey.filled(kind.form_for(decision, outcome))})

    for role in ("investigator", "prosecutor", "judge"):
        assert journey.state(role) == "decided"
    assert duties.deliver_decisions(timezone.now()) == 1
    assert journey.state("prosecutor") == "delivered"
    _evidence_stands(journey, act["id"])
    if kind.outcome(outcome).grants:
        journey.act("investigator", "execution_report", journey.filled(kind.form_for("execution_report")))
        assert journey.state() == "executed"


def _exported(caller: Caller, act_id: str) -> Any:
    """The container; a long transaction of another test on the same server may hold its proof back."""
    for _ in range(20):
        response = caller.get(f"/api/v1/acts/{act_id}/container")
        if response.status_code != TRY_LATER:
            break
    return response


def _evidence_stands(journey: Journey, act_id: str) -> None:
    """A stranger with the trust folder alone finds the container genuine, with every act of the motion in it."""
    response = _exported(journey.callers["prosecutor"], act_id)
    data = response.getvalue() if response.streaming else response.content
    assert response.status_code == 200, data[:500]
    verdict = offline.examine(container.read(data), offline.Trust.load(settings.TRUST_DIR), datetime.now(UTC))
    assert verdict.indication == "TOTAL_PASSED", verdict
    assert Motion.objects.get(acts=act_id).acts.count() >= 3
