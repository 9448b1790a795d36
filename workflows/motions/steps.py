"""Which act moves a motion along which transition, and who may perform it.

The table is the whole of the authority model: what is not in it is not allowed. The catalogue narrows it further
(who may author a kind, whether the prosecutor consents, whether a hearing exists, which form the decision takes).
"""

from collections.abc import Callable
from dataclasses import dataclass

from ecase.officers.models import Post, Role
from workflows.motions.models import Motion
from workflows.motions.states import ActType

Relation = Callable[[Motion, Post], bool]


@dataclass(frozen=True)
class Step:
    """How one type of act is performed: by whom, by which transition, and whether the kind knows it at all."""

    transition: str
    roles: frozenset[Role]
    relation: Relation
    known: Callable[[Motion], bool] = lambda motion: True
    reads_first: bool = False

    def move(self, motion: Motion) -> Callable[[], None]:
        """The bound transition method of django-fsm."""
        method: Callable[[], None] = getattr(motion, self.transition)
        return method


def is_author(motion: Motion, post: Post) -> bool:
    return motion.author.officer_id == post.officer_id and motion.organisation_id == post.organisation_id


def is_supervising_prosecutor(motion: Motion, post: Post) -> bool:
    return motion.prosecution_id == post.organisation_id


def is_assigned_judge(motion: Motion, post: Post) -> bool:
    return motion.court_id == post.organisation_id and motion.judge_id == post.officer_id


def is_nobody(motion: Motion, post: Post) -> bool:
    """Of acts that only the service performs."""
    return False


def needs_consent(motion: Motion) -> bool:
    return motion.kind_entry.prosecutor.role == "consent"


def may_be_returned(motion: Motion) -> bool:
    return needs_consent(motion) and motion.kind_entry.prosecutor.may_return


def may_be_heard(motion: Motion) -> bool:
    return motion.kind_entry.hearing.mode != "none"


def decided_by(output: str) -> Callable[[Motion], bool]:
    return lambda motion: any(outcome.output == output for outcome in motion.kind_entry.outcomes)


def was_granted(motion: Motion) -> bool:
    return bool(motion.outcome) and motion.kind_entry.outcome(motion.outcome).grants


def _by_author(transition: str, known: Callable[[Motion], bool] = lambda motion: True) -> Step:
    return Step(transition, frozenset({Role.INVESTIGATOR, Role.PROSECUTOR}), is_author, known)


def _by_prosecutor(transition: str, known: Callable[[Motion], bool] = needs_consent) -> Step:
    return Step(transition, frozenset({Role.PROSECUTOR}), is_supervising_prosecutor, known, reads_first=True)


def _by_judge(transition: str, known: Callable[[Motion], bool]) -> Step:
    return Step(transition, frozenset({Role.JUDGE}), is_assigned_judge, known, reads_first=True)


def _by_service(transition: str) -> Step:
    return Step(transition, frozenset(), is_nobody)


STEPS: dict[ActType, Step] = {
    ActType.MOTION: _by_author("submit"),
    ActType.AGREEMENT: _by_prosecutor("agree"),
    ActType.REFUSAL: _by_prosecutor("refuse"),
    ActType.RETURN: _by_prosecutor("send_back", may_be_returned),
    ActType.WITHDRAWAL: _by_author("withdraw"),
    ActType.REGISTRATION: _by_service("register"),
    ActType.ASSIGNMENT: _by_service("assign"),
    ActType.HEARING_ORDER: _by_judge("order_hearing", may_be_heard),
    ActType.PROTOCOL: _by_judge("decide", decided_by("protocol")),
    ActType.ENDORSEMENT: _by_judge("decide", decided_by("endorsement")),
    ActType.DELIVERY: _by_service("deliver"),
    ActType.EXECUTION_REPORT: _by_author("execute", was_granted),
    ActType.CLOSURE: _by_service("close"),
    ActType.EXPIRY: _by_service("expire"),
}
