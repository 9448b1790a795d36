"""What an act is: the one entry in which everything stands that differs from one act to another.

No field has a default: an act that tells nobody, or starts nothing, says so. ``engine`` performs any act from its
entry, ``worklists`` computes from the entries who must act next, and the doors read buttons and headlines from here.
"""

from collections.abc import Callable, Iterator, Mapping
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
from workflows.motions.rules.kind_rows import KindRows
from workflows.motions.states import ActType
from workflows.statute.schema import Choice

Payload = Mapping[str, Any]
# Performs an act of the service; the engine hands it to what follows an act.
Perform = Callable[[Motion, ActType, Payload], Act]

AUTHORS = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.DEFENDER})
PROSECUTOR, JUDGE, CHAIR = frozenset({Role.PROSECUTOR}), frozenset({Role.JUDGE}), frozenset({Role.COURT_CHAIR})
SERVICE: frozenset[Role] = frozenset()


class Rank(StrEnum):
    """Where the act's button stands: among what is expected, as a quieter one, or behind a heading of its own."""

    EXPECTED = "expected"
    QUIET = "quiet"
    RARE = "rare"


@dataclass(frozen=True)
class Moves:
    """The transitions of an act. ``required`` must be possible; ``choose`` names those that are taken, of ``names``."""

    required: str
    choose: Callable[[Motion, Stated], tuple[str, ...]]
    names: tuple[str, ...]

    def possible(self, motion: Motion) -> Callable[..., None]:
        """The bound method of the required transition, to ask django-fsm whether it is possible."""
        bound: Callable[..., None] = getattr(motion, self.required)
        return bound

    def take(self, motion: Motion, act: Stated) -> None:
        """Carry out the transitions. Raises ``TransitionNotAllowed`` in a wrong state."""
        for name in self.choose(motion, act):
            getattr(motion, name)()


def moves_by(name: str) -> Moves:
    """One transition, whatever the act states."""
    return Moves(name, lambda motion, act: (name,), (name,))


@dataclass(frozen=True, kw_only=True)
class ActSpec:
    """One type of act.

    ``roles`` and ``relation`` say who performs it (no roles: the service), ``available`` whether the motion's kind has
    it, ``possible`` and ``conflict`` what stands against it now. ``reads_first``: the materials of this version must
    have been opened. ``on_paper``: also while the motion is kept on paper. ``steps_aside``: also by who has acted in
    the case in another role. ``check`` finds what the form cannot; ``choices`` offers known values for fields of text.
    ``effect`` writes what the act changes in the row and returns who is admitted by it to a secret motion.
    ``deadlines`` starts and ends terms, ``owes_copies`` writes down who is owed a copy, ``notifies`` names who is told,
    under ``headline``. ``answers_call`` ends a call of those on duty; ``then`` is what the service does next.
    ``expected`` narrows the motions on which the act is possible to those that wait for it; None: none does.
    ``rank`` and ``label`` are the button's; the service has none.
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
    check: Callable[[Motion, Payload], Iterator[Problem]]
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
        """Whether the service performs it, under its own seal."""
        return not self.roles


# -- what most acts have in common ---------------------------------------------------------------------------------


def always(motion: Motion) -> bool:
    return True


def any_kind(motion: Motion) -> None:
    """Every kind has this act."""


def kinds_where(is_known: Callable[[Motion], bool]) -> Callable[[Motion], Problem | None]:
    """Kinds, and motions of them, for which ``is_known`` holds."""

    def available(motion: Motion) -> Problem | None:
        if is_known(motion):
            return None
        return Problem("unknown-step", _("A motion of this kind has no such step."))

    return available


def no_conflict(motion: Motion, post: Post) -> None:
    """Nothing but the state stands against it."""


def no_check(motion: Motion, payload: Payload) -> Iterator[Problem]:
    """The catalogue's form says all."""
    yield from ()


def no_effect(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    """The row changes in its state alone."""
    return []


def nothing(motion: Motion, perform: Perform) -> None:
    """The service does nothing of itself."""


def never(post: Post, kinds: KindRows) -> None:
    """No motion waits for it."""


def whenever_possible(post: Post, kinds: KindRows) -> Q:
    """Every motion on which it is possible waits for it."""
    return Q()


NO_CHOICES: Mapping[str, Callable[[Motion], Iterator[Choice]]] = {}
NO_LABEL = NO_HEADLINE = ""
