"""The definition of an act: one entry that holds everything in which acts differ.

No field has a default: an act that notifies nobody, or starts nothing, states it. ``engine`` performs any act from its
entry, ``worklists`` computes from the entries who must act next, and portal and REST API read buttons and headlines
from here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Officer, Post, Role
from ecase.problems import Problem
from workflows.motions.models import Act, Motion
from workflows.motions.notifications import Recipients
from workflows.motions.permissions import Relation
from workflows.motions.rules.appeals import Stated
from workflows.motions.rules.deadlines import Changes
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.states import ActType
from workflows.statute.schema import Choice

Payload = Mapping[str, Any]
# Performs an act of the service; the engine passes it to the follow-ups of an act.
Perform = Callable[[Motion, ActType, Payload], Act]

AUTHORS = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.DEFENDER})
PROSECUTOR, JUDGE, CHAIR = frozenset({Role.PROSECUTOR}), frozenset({Role.JUDGE}), frozenset({Role.COURT_CHAIR})
SERVICE: frozenset[Role] = frozenset()


class Rank(StrEnum):
    """Rank of the act's button: among the expected acts, as a secondary one, or in a group of its own."""

    EXPECTED = "expected"
    QUIET = "quiet"
    RARE = "rare"


@dataclass(frozen=True)
class Moves:
    """The transitions of an act. ``required`` must be possible; ``choose`` selects those to take from ``names``."""

    required: str
    choose: Callable[[Motion, Stated], tuple[str, ...]]
    names: tuple[str, ...]

    def possible(self, motion: Motion) -> Callable[..., None]:
        """The bound method of the required transition, for django-fsm's check whether it is possible."""
        bound: Callable[..., None] = getattr(motion, self.required)
        return bound

    def take(self, motion: Motion, act: Stated) -> None:
        """Carry out the transitions. Raises ``TransitionNotAllowed`` in a wrong state."""
        for name in self.choose(motion, act):
            getattr(motion, name)()


def moves_by(name: str) -> Moves:
    """A single transition, whatever the act states."""
    return Moves(name, lambda motion, act: (name,), (name,))


@dataclass(frozen=True, kw_only=True)
class ActSpec:
    """One type of act.

    ``roles`` and ``relation`` say who performs it (no roles: the service), ``available`` whether the motion's kind has
    it, ``possible`` and ``conflict`` what prevents it now. ``reads_first``: the materials of this version must have
    been opened. ``on_paper``: also while the motion is kept on paper. ``steps_aside``: also by an officer who has acted
    in the case in another role. ``check`` finds faults that the form cannot find; ``choices`` offers known values for
    text fields. ``effect`` writes the act's changes to the row and returns the officers whom it admits to a secret
    motion. ``deadlines`` starts and ends terms, ``owes_copies`` records who is owed a copy, ``notifies`` names who is
    notified, under ``headline``. ``answers_call`` ends a call of officers on duty; ``then`` is what the service does
    next. ``expected`` narrows the motions on which the act is possible to those that wait for it; None: none does.
    ``rank`` and ``label`` are the button's; acts of the service have none.
    """

    type: ActType
    moves: Moves
    roles: frozenset[Role]
    relation: Relation
    available: Callable[[Motion], Problem | None]
    possible: Callable[[Motion], bool]
    conflict: Callable[[Motion, Post], Problem | None]
    reads_first: bool
    on_paper: bool
    steps_aside: bool
    check: Callable[[Motion, Payload], Iterable[Problem]]
    choices: Mapping[str, Callable[[Motion], Iterator[Choice]]]
    effect: Callable[[Motion, Act, Payload], list[Officer]]
    deadlines: Callable[[Motion, Act], Changes]
    owes_copies: bool
    notifies: Recipients
    headline: Any
    answers_call: bool
    then: Callable[[Motion, Perform], object]
    expected: Callable[[Post, KindRows], Q | None]
    rank: Rank
    label: Any

    @property
    def is_of_service(self) -> bool:
        """Whether the service itself performs it, under its own seal."""
        return not self.roles


# -- defaults shared by most acts ----------------------------------------------------------------------------------


def always(motion: Motion) -> bool:
    return True


def _nothing(*_asked: object) -> None:
    """For what an act does not have."""


# Every kind has the act; only the state can prevent it; nothing follows it; no motion waits for it.
any_kind = no_conflict = nothing = never = _nothing


def _none(*_asked: object) -> list[Any]:
    """For what an act has none of."""
    return []


# No check besides the catalogue's form; no effect but the new state, and nobody is admitted.
no_check = no_effect = _none


def kinds_where(is_known: Callable[[Motion], bool]) -> Callable[[Motion], Problem | None]:
    """For acts that exist only for kinds, or motions, for which ``is_known`` holds."""
    unknown = Problem("unknown-step", _("A motion of this kind has no such step."))
    return lambda motion: None if is_known(motion) else unknown


def require(holds: Callable[[Motion, Payload], bool], otherwise: Problem) -> Callable[[Motion, Payload], list[Problem]]:
    """For acts with one condition besides the catalogue's form; ``otherwise`` is the fault if it does not hold."""
    return lambda motion, payload: [] if holds(motion, payload) else [otherwise]


def refuse_where(hinders: Callable[[Motion, Post], bool], reason: Problem) -> Callable[[Motion, Post], Problem | None]:
    """For acts that one thing hinders while their states and roles allow them; ``reason`` says what."""
    return lambda motion, post: reason if hinders(motion, post) else None


def write_columns(**columns: Callable[[Act, Payload], Any] | None) -> Callable[[Motion, Act, Payload], list[Officer]]:
    """For acts that write these columns of the row, each with a value from the act or None, and admit nobody."""

    def write(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
        for column, value in columns.items():
            setattr(motion, column, value(act, payload) if value else None)
        return []

    return write


def whenever_possible(post: Post, kinds: KindRows) -> Q:
    """For acts that every motion waits for on which they are possible."""
    return Q()


NO_CHOICES: Mapping[str, Callable[[Motion], Iterator[Choice]]] = {}
NO_LABEL = NO_HEADLINE = ""
