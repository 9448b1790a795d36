"""A case with all who may act on its motions, and helpers that bring a motion to any state."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from ecase.cases.models import Case, Counsel, Person
from ecase.officers.models import Organisation, Post, Role
from tests.factories import (
    CaseFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    clerk_of,
    head_of_unit_of,
    investigator_of,
    judge_of,
    prosecutor_of,
    saved,
    together,
)
from tests.keys import Keyring
from tests.motions.payloads import fill
from workflows.motions import queries
from workflows.motions.models import Act, Motion
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType, State
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import Kind

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
CAPACITIES = [capacity.value for capacity in Person.Capacity]


@dataclass
class World:
    """A case with its officers, who can file, sign and decide; with higher courts and prosecutors' offices."""

    keys: Keyring
    case: Case = field(default_factory=CaseFactory)
    posts: dict[str, Post] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with together():
            persons = {capacity: PersonFactory(case=self.case, capacity=capacity) for capacity in CAPACITIES}
            _raise(self.case.prosecution, "oblast", "national")
            _raise(self.case.court, "oblast")
            self.posts = self._made_posts()
            saved(Counsel(case=self.case, officer=self.posts["defender"].officer, person=persons["suspect"]))
        for body in (self.case.prosecution, self.case.court):
            body.save(update_fields=["parent"])

    def _made_posts(self) -> dict[str, Post]:
        case, above = self.case, self.case.court.parent
        return {
            "investigator": investigator_of(case),
            "head_of_unit": head_of_unit_of(case),
            "prosecutor": prosecutor_of(case),
            "judge": judge_of(case),
            "court_chair": PostFactory(role=Role.COURT_CHAIR, organisation=case.court),
            "clerk": clerk_of(case),
            "defender": PostFactory(defender=True),
            "appellate_judge": PostFactory(judge=True, organisation=above),
            "appellate_chair": PostFactory(role=Role.COURT_CHAIR, organisation=above),
            "oblast": PostFactory(prosecutor=True, organisation=case.prosecution.above("oblast")),
            "national": PostFactory(prosecutor=True, organisation=case.prosecution.above("national")),
        }

    # -- kinds -------------------------------------------------------------------------------------------------------

    def kind(self, key: str) -> Kind:
        return catalogue(in_force()).kinds[key]

    def author_of(self, kind: Kind, payload: dict[str, Any]) -> str:
        """The role that files a motion with this payload."""
        chosen = payload.get(kind.prosecutor.step_field)
        step = next((step for step in kind.validity.ladder if step.key == chosen), None)
        return (step.authors if step and step.authors else kind.author_roles)[0]

    # -- on the way --------------------------------------------------------------------------------------------------

    def draft(self, kind: str, **given: Any) -> Motion:
        """A complete draft of ``kind`` with every attachment, about an earlier sanction if it needs one."""
        entry = self.kind(kind)
        payload = fill(entry.form, self.case, **given)
        author = self.posts[self.author_of(entry, payload)]
        motion = drafts.create(self.case, kind, author)
        for requirement in entry.attachments:
            content = BytesIO(PDF + requirement.key.encode())
            drafts.attach(motion, author, requirement.key, f"{requirement.key}.pdf", content)
        motion = drafts.save(motion, author, payload)
        if entry.relation and entry.relation.required:
            motion = drafts.relate(motion, author, self.earlier(entry))
        return motion

    def earlier(self, kind: Kind, turn: int = 0) -> Motion:
        """A sanction in force that a motion of ``kind`` may be about; ``turn`` picks among its possible kinds."""
        assert kind.relation
        earlier = self.kind(kind.relation.kinds[turn % len(kind.relation.kinds)])
        granting = next(outcome.key for outcome in earlier.outcomes if outcome.grants)
        return self.decided(earlier.key, granting)

    def act(self, motion: Motion, act_type: str, role: str, payload: dict[str, Any] | None = None) -> Act:
        """Prepare, sign and perform an act as the officer of ``role``, who has opened the materials."""
        post = self.post(motion, role)
        motion = self.opened(motion, role)
        prepared = acting.prepare(motion, act_type, post, payload or {})
        return acting.perform(prepared, self.keys.sign(post, bytes(prepared.act_json)), post)

    def does(self, motion: Motion, act_type: ActType, role: str, **given: Any) -> Motion:
        """As :meth:`act`, with a payload made from the form; returns the updated motion."""
        self.act(motion, act_type, role, self.filled(motion, act_type, self.post(motion, role), **given))
        return self.fresh(motion)

    def opened(self, motion: Motion, role: str) -> Motion:
        post = self.post(motion, role)
        motion = queries.get(post, motion.pk)
        queries.open_materials(motion, post)
        return motion

    def post(self, motion: Motion, role: str) -> Post:
        """The post of ``role``; ``author`` and ``consenting`` are those of this motion."""
        if role == "author":
            return self.posts[motion.author.role]
        if role == "consenting":
            office = motion.consenting_id or motion.prosecution_id
            return next(post for post in self.posts.values() if post.organisation_id == office)
        return self.posts[role]

    def filed(self, kind: str, **given: Any) -> Motion:
        """A motion that has been signed by its author."""
        motion = self.draft(kind, **given)
        self.act(motion, ActType.MOTION, "author")
        return self.fresh(motion)

    def assigned(self, kind: str, **given: Any) -> Motion:
        """A motion assigned to a judge, with all required approvals and agreements."""
        motion = self.filed(kind, **given)
        if motion.state == State.AWAITING_APPROVAL:
            motion = self.does(motion, ActType.APPROVAL, "head_of_unit")
        while motion.state == State.SUBMITTED:
            motion = self.does(motion, ActType.AGREEMENT, "consenting")
        return motion

    def decided(self, kind: str, outcome: str, **given: Any) -> Motion:
        """A motion on which the judge has decided ``outcome``, by the path of that outcome."""
        entry = self.kind(kind)
        if entry.outcome(outcome).path == "urgent":
            given[entry.urgent.field] = True
        motion = self.assigned(kind, **given)
        self.act(motion, entry.outcome(outcome).output, "judge", self.decision(motion, outcome))
        return self.fresh(motion)

    # -- payloads ----------------------------------------------------------------------------------------------------

    def decision(self, motion: Motion, outcome: str) -> dict[str, Any]:
        act_type = ActType(motion.kind_entry.outcome(outcome).output)
        return {"outcome": outcome, **fill(acting.form(motion, act_type, outcome), self.case)}

    def ruling(self, motion: Motion, outcome: str, instead: str = "") -> dict[str, Any]:
        """An appellate judge's payload; ``instead`` replaces the decision's outcome."""
        put = {"new_outcome": instead} if instead else {}
        form = acting.form(motion, ActType.APPEAL_RULING, outcome, instead)
        return {"outcome": outcome, **put, **fill(form, self.case)}

    def filled(self, motion: Motion, act_type: ActType, author: Post | None = None, **given: Any) -> dict[str, Any]:
        """A payload of the form, as offered to ``author`` if given."""
        return fill(acting.form(motion, act_type, author=author), self.case, **given)

    def fresh(self, motion: Motion) -> Motion:
        return Motion.objects.get(pk=motion.pk)


def _raise(organisation: Organisation, *levels: str) -> None:
    """Give the organisation superior ones of these levels, one above the other."""
    below = organisation
    for level in levels:
        below.parent = OrganisationFactory(kind=below.kind, level=level)
        below = below.parent
