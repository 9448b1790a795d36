from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ecase.cases.models import Case
from ecase.officers.models import Post
from tests.factories import CaseFactory, PersonFactory, investigator_of, judge_of, prosecutor_of
from tests.keys import Keyring
from tests.motions.payloads import fill
from workflows.motions import acting, drafts, reading
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType
from workflows.statute.catalogue import load_all

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class World:
    """A case with its officers, who can file, sign and decide."""

    keys: Keyring
    case: Case = field(default_factory=CaseFactory)
    posts: dict[str, Post] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for capacity in ("suspect", "victim", "owner"):
            PersonFactory(case=self.case, capacity=capacity)
        makers = {"investigator": investigator_of, "prosecutor": prosecutor_of, "judge": judge_of}
        self.posts = {role: make(self.case) for role, make in makers.items()}

    def draft(self, kind: str, **given: Any) -> Motion:
        """A complete draft of ``kind`` with every attachment."""
        author = self.posts["investigator"]
        motion = drafts.create(self.case, kind, author)
        for requirement in motion.kind_entry.attachments:
            drafts.attach(
                motion, author, requirement.key, f"{requirement.key}.pdf", BytesIO(PDF + requirement.key.encode())
            )
        return drafts.save(motion, author, fill(motion.kind_entry.form, self.case, **given))

    def act(self, motion: Motion, act_type: str, role: str, payload: dict[str, Any] | None = None) -> Act:
        """Prepare, sign and perform an act as the officer of ``role``, who has opened the materials."""
        post = self.post(motion, role)
        motion = self.opened(motion, role)
        prepared = acting.prepare(motion, act_type, post, payload or {})
        return acting.perform(prepared, self.keys.sign(post, bytes(prepared.act_json)), post)

    def opened(self, motion: Motion, role: str) -> Motion:
        post = self.post(motion, role)
        motion = reading.get(post, motion.pk)
        reading.open_materials(motion, post)
        return motion

    def post(self, motion: Motion, role: str) -> Post:
        return self.posts[role]

    def filed(self, kind: str, **given: Any) -> Motion:
        """A motion that has been signed by its investigator."""
        motion = self.draft(kind, **given)
        self.act(motion, ActType.MOTION, "investigator")
        return self.fresh(motion)

    def assigned(self, kind: str, **given: Any) -> Motion:
        """A motion that is with its judge."""
        motion = self.filed(kind, **given)
        if motion.state == "submitted":
            self.act(motion, ActType.AGREEMENT, "prosecutor", self.filled(motion, ActType.AGREEMENT))
        return self.fresh(motion)

    def decided(self, kind: str, outcome: str) -> Motion:
        motion = self.assigned(kind)
        act_type = motion.kind_entry.decision_act(outcome)
        self.act(motion, act_type, "judge", self.decision(motion, outcome))
        return self.fresh(motion)

    def decision(self, motion: Motion, outcome: str) -> dict[str, Any]:
        act_type = motion.kind_entry.decision_act(outcome)
        return {"outcome": outcome, **fill(acting.form(motion, ActType(act_type), outcome), self.case)}

    def filled(self, motion: Motion, act_type: ActType) -> dict[str, Any]:
        return fill(acting.form(motion, act_type), self.case)

    def fresh(self, motion: Motion) -> Motion:
        return Motion.objects.select_related(*reading.RELATED).get(pk=motion.pk)


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def make_world(keys: Keyring, storage: None) -> Callable[[], World]:
    load_all()
    return lambda: World(keys)


@pytest.fixture
def world(db: None, make_world: Callable[[], World]) -> World:
    return make_world()
