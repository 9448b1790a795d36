"""A week of a court: motions in every state, covert and closed ones, drafts, readings, refusals; and who reads what.

The table is independent of the code's rule: it states which post sees which motion, and who else an entry concerns.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.cases import documents
from ecase.cases import services as cases
from ecase.cases.models import Person
from ecase.officers.models import Post
from ecase.problems import Refused
from tests.factories import PostFactory, investigator_of
from tests.motions.world import PDF, World
from workflows.assignment import conflicts
from workflows.assignment.models import Bar
from workflows.drafting import services as drafting
from workflows.motions import queries
from workflows.motions.exports import motion_pdf
from workflows.motions.models import Motion
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType
from workflows.watch import duties

SEEN_BY_ALL_OF_THE_MOTION = ("act.", "draw.", "duty.", "deadline.", "copies.", "copy.", "measure.", "sanction.")
OF_THE_OFFICER = ("motion.", "document.", "suggestion.", "request.", "signature.undecided", "act.refused")
OF_THE_ACCOUNT = ("token.", "session.", "sign_in.")
OF_THE_CASE = ("case.", "person.", "team.", "counsel.")
MESSAGES = ("message.",)


@dataclass
class Week:
    """Motions in every state by their names in the table, posts that do not take part, and discarded drafts."""

    world: World
    motions: dict[str, Motion] = field(default_factory=dict)
    outside: dict[str, Post] = field(default_factory=dict)
    discarded: dict[str, str] = field(default_factory=dict)

    @property
    def posts(self) -> dict[str, Post]:
        return {**self.world.posts, **self.outside}


# Which posts of the world see which motion, according to the law and docs/reference; nobody else does.
OFFICE = {"investigator", "colleague", "head_of_unit", "prosecutor"}
SEES: dict[str, set[str]] = {
    "custody": OFFICE | {"judge", "court_chair", "clerk", "defender"},
    "search": OFFICE | {"judge", "court_chair", "clerk"},
    "filed": OFFICE,
    "draft": {"investigator", "colleague", "head_of_unit"},
    "covert": {"investigator", "judge"},
    "covert_draft": {"investigator"},
}
WRITES = {"investigator", "colleague", "head_of_unit"}
COVERT = {"covert", "covert_draft"}


def build(world: World) -> Week:
    """The week of a world."""
    week = Week(world)
    week.outside = {
        "colleague": investigator_of(world.case),
        "auditor": PostFactory(auditor=True),
        "administrator": PostFactory(administrator=True),
        "stranger": PostFactory(),
        "other_defender": PostFactory(defender=True),
        "other_judge": PostFactory(judge=True),
        "other_clerk": PostFactory(clerk=True),
        "ended": PostFactory(auditor=True, valid_to=timezone.now() - timedelta(days=1)),
    }
    _case(week)
    _motions(week)
    _readings(week)
    _refusals(week)
    _discarded(week)
    _system(week)
    return week


def _case(week: Week) -> None:
    post, case = week.world.posts["investigator"], week.world.case
    person = cases.add_person(
        case, post, capacity=Person.Capacity.PROTECTED, surname="Құпиянов", given_name="Ержан", sex="male"
    )
    cases.join_team(case, post, week.outside["colleague"].officer)
    cases.name_counsel(case, post, person, PostFactory(defender=True).officer)
    documents.store(case, post, "of the case.pdf", BytesIO(PDF + b"of the case"))


def _motions(week: Week) -> None:
    world, motions = week.world, week.motions
    motions["custody"] = world.decided("custody", "sanctioned")
    duties.deliver_decisions(timezone.now())
    motions["search"] = world.decided("search", "sanctioned")
    motions["filed"] = world.filed("custody")
    motions["draft"] = world.draft("search")
    motions["covert"] = world.assigned("covert_action")
    motions["covert_draft"] = world.draft("covert_action")


def _readings(week: Week) -> None:
    world = week.world
    for name in ("custody", "search", "covert"):
        motion, judge = week.motions[name], world.posts["judge"]
        motion_pdf.render(queries.get(judge, motion.pk), judge)
        attachment = motion.attachments.first()
        assert attachment
        with documents.read(attachment.document, judge):
            pass
    for motion in (world.opened(world.assigned("custody"), "judge"), world.opened(week.motions["covert"], "judge")):
        outcome = next(outcome.key for outcome in motion.kind_entry.outcomes if outcome.grants)
        drafting.suggest(motion, world.posts["judge"], outcome)


def _refusals(week: Week) -> None:
    world = week.world
    for name, role in (("custody", "prosecutor"), ("covert", "judge"), ("draft", "investigator")):
        with pytest.raises(Refused):
            acting.prepare(week.motions[name], ActType.AGREEMENT, world.posts[role], {})
        with pytest.raises(Refused):
            drafting.suggest(week.motions[name], world.posts[role], "?")
        post = world.posts[role]
        chain, subject = audit.own_chain(post.officer_id, week.motions[name].pk), {"motion": str(week.motions[name].pk)}
        audit.append("request.refused", chain=chain, actor=post.as_actor(), subject=subject)


def _discarded(week: Week) -> None:
    post = week.world.posts["investigator"]
    for name in ("search", "covert_action"):
        motion = drafts.create(week.world.case, name, post)
        week.discarded[name] = str(motion.pk)
        drafts.discard(motion, post)


def _system(week: Week) -> None:
    administrator = week.outside["administrator"]
    conflicts.declare(week.world.posts["judge"].officer, Bar.Ground.KIN, administrator, iin="900101300000")
    audit.append("subscription.made", chain="system", actor=audit.service_actor(), subject={"subscription": "1"})
    for name in ("custody", "covert"):
        subject = {"message": name, "key": str(week.motions[name].pk), "topic": "motion.protocol"}
        actor = audit.service_actor()
        audit.append("message.given_up", chain=f"message:{name}", actor=actor, subject=subject)
    for post in week.posts.values():
        audit.append(
            "session.opened",
            chain=f"officer:{post.officer_id}",
            actor=post.as_actor(),
            subject={"officer": str(post.officer_id)},
        )


# -- the table ----------------------------------------------------------------------------------------------------


def motion_of(week: Week, entry: Entry) -> str:
    """The name of the motion that an entry is about: empty for none, ``?`` for a motion of another case."""
    subject = entry.content["subject"]
    named = subject.get("motion") or subject.get("key")
    if named is None and "document" in subject:
        found = [
            name
            for name, motion in week.motions.items()
            if motion.attachments.filter(document=subject["document"]).exists()
        ]
        return found[0] if found else ""
    known = {str(motion.pk): name for name, motion in week.motions.items()}
    gone = {key: f"discarded {name}" for name, key in week.discarded.items()}
    return {**known, **gone}.get(named, "?") if named else ""


def expected(week: Week, entry: Entry, role: str) -> bool:
    """Whether the holder of this post of the week reads the entry."""
    event, content, motion = entry.event, entry.content, motion_of(week, entry)
    is_own = content["actor"].get("officer") == str(week.posts[role].officer_id)
    if role in ("ended", "auditor"):
        return role == "auditor" and motion not in COVERT and motion != "discarded covert_action"
    if event.startswith((*OF_THE_OFFICER, *OF_THE_ACCOUNT)):
        return is_own or (role == "administrator" and event.startswith(OF_THE_ACCOUNT))
    if event.startswith(OF_THE_CASE):
        return role in OFFICE and content["subject"]["case"] == str(week.world.case.pk)
    if event.startswith("draft."):
        return role in SEES.get(motion, set()) & WRITES
    if event.startswith(SEEN_BY_ALL_OF_THE_MOTION) and motion:
        return role in SEES[motion]
    return role == "administrator" and not event.startswith(MESSAGES)
