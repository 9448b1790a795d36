"""Which act moves a motion along which transition, and who may perform it.

The table is the whole of the authority model: what is not in it is not allowed. The catalogue narrows it further
(who may author a kind, whether the prosecutor consents, whether a hearing exists, which form the decision takes).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Role
from workflows.motions.models import Motion
from workflows.motions.permissions import (
    Relation,
    is_appellant,
    is_appellate_judge,
    is_approver,
    is_assigned_judge,
    is_author,
    is_author_or_judge,
    is_chair_above,
    is_chair_of_court,
    is_clerk_of_court,
    is_consenting_prosecutor,
    is_executor,
    is_lifting_prosecutor,
    is_nobody,
    is_reporter,
    is_reviewer,
    is_whose_appeal_stands,
)
from workflows.motions.rules import events, kind_rules
from workflows.motions.rules.appeals import Stated
from workflows.motions.states import ActType

Known = Callable[[Motion], bool]
Turns = Callable[[Motion, Mapping[str, Any]], tuple[str, ...]]
AUTHORS = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.DEFENDER})
REPORTERS = AUTHORS | {Role.JUDGE}
NOT_YOURS = _("This motion is not with you.")
NOT_YOUR_APPEAL = _("No appeal that stands is yours to withdraw.")
APPELLANTS = frozenset({Role.PROSECUTOR, Role.DEFENDER, Role.CLERK})


@dataclass(frozen=True)
class Step:
    """How one type of act is performed: by whom, by which transition, and whether the kind knows it at all.

    ``turns`` names the transitions where they depend on what the act states; ``transition`` is then one that must be
    possible. ``counts`` says that the transition leads to where the act, among the others, leaves the appeals.
    """

    transition: str
    roles: frozenset[Role]
    relation: Relation
    known: Known = lambda motion: True
    reads_first: bool = False
    turns: Turns | None = None
    counts: bool = False
    not_yours: Any = NOT_YOURS

    def method(self, motion: Motion) -> Callable[..., None]:
        """The bound transition method of django-fsm, to ask whether it is possible."""
        bound: Callable[..., None] = getattr(motion, self.transition)
        return bound

    def move(self, motion: Motion, act: Stated) -> None:
        """Carry out the transition or transitions. ``TransitionNotAllowed`` from a wrong state."""
        if self.counts:
            self.method(motion)(act)
            return
        for name in self.turns(motion, act.payload) if self.turns else (self.transition,):
            getattr(motion, name)()


def decided_by(output: str) -> Known:
    return lambda motion: bool(kind_rules.outcomes(motion, output))


def has_open_events(motion: Motion) -> bool:
    return bool(events.open_now(motion))


def is_secret(motion: Motion) -> bool:
    return motion.secret


def ruled_on_appeal(motion: Motion, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """A cancelled decision ends the motion; one that stands or is changed leaves it where it is."""
    effect = motion.kind_entry.appeal_outcome(payload["outcome"]).effect
    return ("rule", "cancel") if effect == "cancelled" else ("rule",)


def _by_author(transition: str, known: Known = lambda motion: True) -> Step:
    return Step(transition, AUTHORS, is_author, known)


def _by_prosecutor(transition: str, relation: Relation, known: Known) -> Step:
    return Step(transition, frozenset({Role.PROSECUTOR}), relation, known, reads_first=True)


def _by_judge(transition: str, known: Known = lambda motion: True) -> Step:
    return Step(transition, frozenset({Role.JUDGE}), is_assigned_judge, known, reads_first=True)


def _by_appellate_judge(transition: str) -> Step:
    return Step(transition, frozenset({Role.JUDGE}), is_appellate_judge, reads_first=True)


def _by_chair(transition: str, relation: Relation = is_chair_of_court) -> Step:
    return Step(transition, frozenset({Role.COURT_CHAIR}), relation)


def _by_service(transition: str) -> Step:
    return Step(transition, frozenset(), is_nobody)


STEPS: dict[ActType, Step] = {
    ActType.MOTION: _by_author("submit"),
    ActType.APPROVAL: Step(
        "approve", frozenset({Role.HEAD_OF_UNIT}), is_approver, kind_rules.needs_approval, reads_first=True
    ),
    ActType.AGREEMENT: _by_prosecutor("agree", is_consenting_prosecutor, kind_rules.needs_consent),
    ActType.REFUSAL: _by_prosecutor("refuse", is_consenting_prosecutor, kind_rules.needs_consent),
    ActType.RETURN: Step("send_back", frozenset({Role.HEAD_OF_UNIT, Role.PROSECUTOR}), is_reviewer, reads_first=True),
    ActType.WITHDRAWAL: _by_author("withdraw"),
    ActType.CORRECTION: _by_author("correct"),
    ActType.FORMAT_ORDER: _by_author("order_format"),
    ActType.ADMISSION: Step("admit", AUTHORS | {Role.JUDGE}, is_author_or_judge, is_secret),
    ActType.REGISTRATION: _by_service("register"),
    ActType.ASSIGNMENT: _by_service("assign"),
    ActType.RECUSAL: _by_judge("leave_judge"),
    ActType.REASSIGNMENT: _by_chair("leave_judge"),
    ActType.TRANSFER: _by_chair("transfer"),
    ActType.MATERIALS_REQUEST: _by_judge("ask_materials"),
    ActType.SUPPLEMENT: _by_author("supplement"),
    ActType.HEARING_ORDER: _by_judge("order_hearing", kind_rules.may_be_heard),
    ActType.MINUTES: Step(
        "take_minutes", frozenset({Role.CLERK, Role.JUDGE}), is_clerk_of_court, kind_rules.may_be_heard
    ),
    ActType.PROTOCOL: _by_judge("decide", decided_by("protocol")),
    ActType.ENDORSEMENT: _by_judge("decide", decided_by("endorsement")),
    ActType.DELIVERY: _by_service("deliver"),
    ActType.EXECUTION_REPORT: Step("execute", AUTHORS, is_executor, kind_rules.was_granted),
    ActType.LIFTING: Step("ask_lifting", AUTHORS, is_executor, kind_rules.was_granted),
    ActType.LIFTING_CONSENT: _by_prosecutor("lift", is_lifting_prosecutor, kind_rules.was_granted),
    ActType.LIFTING_REFUSAL: _by_prosecutor("keep_measure", is_lifting_prosecutor, kind_rules.was_granted),
    ActType.EXTENSION: _by_service("extend"),
    ActType.REPLACEMENT: _by_service("end_by_later"),
    ActType.REVIVAL: _by_service("revive"),
    ActType.EXPIRY: _by_service("expire"),
    ActType.CLOSURE: _by_service("close"),
    ActType.APPEAL: Step("appeal", APPELLANTS, is_appellant, kind_rules.may_be_appealed, counts=True),
    ActType.RESTORATION: replace(_by_judge("rule_on_term"), counts=True),
    ActType.APPEAL_WITHDRAWAL: Step(
        "withdraw_appeal", APPELLANTS, is_whose_appeal_stands, counts=True, not_yours=NOT_YOUR_APPEAL
    ),
    ActType.TRANSMISSION: _by_service("send_up"),
    ActType.APPEAL_ASSIGNMENT: _by_service("assign_appeal"),
    ActType.APPEAL_RECUSAL: _by_appellate_judge("leave_appellate_judge"),
    ActType.APPEAL_REASSIGNMENT: _by_chair("leave_appellate_judge", is_chair_above),
    ActType.APPEAL_RULING: replace(_by_appellate_judge("rule"), turns=ruled_on_appeal),
    ActType.EVENT: Step("note", REPORTERS, is_reporter, has_open_events),
}
