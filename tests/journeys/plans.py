"""Which journeys there are: made from the catalogue, so that a new kind is travelled by being added.

Every outcome of a kind is decided, every end that its sanctions can come to is reached, every role that may author it
and every step of its ladder is taken, and each kind goes through both doors.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from workflows.statute.schema import AppealOutcome, Kind, Outcome, Step

DOORS = ("rest", "portal")
PROSECUTOR = "prosecutor"
# Every so many-th appeal comes after its term, and the term is restored.
LATE = 4


@dataclass(frozen=True)
class Appeal:
    """Who appeals, what comes of it and in whose place, and whether the term has to be restored first."""

    role: str
    ruling: AppealOutcome
    late: bool
    instead: Outcome | None = None


@dataclass(frozen=True)
class Plan:
    """One way of a motion from its draft to its last state."""

    kind: Kind
    number: int
    door: str
    outcome: Outcome
    ending: str
    author: str
    step: Step | None = None
    appeal: Appeal | None = None
    heard: bool = False
    inquiry: bool = False
    immune: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind.key}-{self.number}-{self.outcome.key}-{self.ending}-{self.door}"

    @property
    def reaches(self) -> frozenset[tuple[str, ...]]:
        """What the journey takes the service through, apart from the outcome that is its kind's own."""
        appeal = self.appeal
        ways = [(way,) for way in ("heard", "inquiry", "immune") if getattr(self, way)]
        granted = "granted" if self.outcome.grants else "refused"
        reached = [
            ("kind", self.kind.key),
            ("end", self.door, self.ending),
            ("decision", self.door, self.outcome.output, granted),
            ("author", self.door, self.author),
            *ways,
        ]
        if self.step:
            reached.append(("step", self.kind.key, self.step.key))
        if appeal:
            reached += [("appeal", self.door, appeal.role, appeal.ruling.effect), ("late", str(appeal.late))]
        return frozenset(reached)

    @property
    def given(self) -> dict[str, Any]:
        """What the motion states beside what its form accepts from anybody."""
        route = self.kind.special_person_route
        immunity = {condition.field: condition.value for condition in route.when} if route and self.immune else {}
        urgent = {self.kind.urgent.field: True} if self.outcome.path == "urgent" else {}
        return {**immunity, **urgent, **({self.kind.prosecutor.step_field: self.step.key} if self.step else {})}


def made(kinds: Mapping[str, Kind]) -> list[Plan]:
    """A plan for everything that the kinds know."""
    appeals = Appeals()
    return [plan for place, kind in enumerate(kinds.values()) for plan in _of_kind(kind, place, appeals)]


def essential(plans: Sequence[Plan]) -> list[Plan]:
    """Few plans that together reach everything that all of them reach: the one that adds most comes first."""
    missing, chosen = {goal for plan in plans for goal in plan.reaches}, list[Plan]()
    while missing:
        best = max(plans, key=lambda plan: len(plan.reaches & missing))
        chosen.append(best)
        missing -= best.reaches
    return [plan for plan in plans if plan in chosen]


class Appeals:
    """Deals out appellants and rulings in turn over all kinds."""

    def __init__(self) -> None:
        self.count = 0
        self.effects = {True: cycle(("cancelled", "changed")), False: cycle(("", "stands", "", "changed"))}

    def of(self, kind: Kind, outcome: Outcome, *, spare: bool) -> Appeal | None:
        """An appeal against ``outcome``; one that cancels it only where another journey reaches the same end."""
        effect = next(self.effects[spare]) if appealable(kind, outcome) else ""
        ruling = next((possible for possible in kind.appeal.outcomes if possible.effect == effect), None)
        if ruling is None:
            return None
        self.count += 1
        roles = appellants(kind)
        late, instead = self.count % LATE == 0, _granted_above(kind, outcome) if effect == "changed" else None
        return Appeal(roles[self.count % len(roles)], ruling, late, instead)


def _granted_above(kind: Kind, outcome: Outcome) -> Outcome | None:
    """A refusal that is changed becomes what was asked for."""
    granting = (granted for granted in kind.outcomes_on(outcome.path) if granted.grants)
    return None if outcome.grants else next(granting, None)


def appealable(kind: Kind, outcome: Outcome) -> bool:
    return kind.appeal.allowed and (not kind.appeal.decisions or outcome.key in kind.appeal.decisions)


def appellants(kind: Kind) -> tuple[str, ...]:
    """The roles that file an appeal: a complaint by counsel to whom the motion is open, or by the clerk for others."""
    who = {appellant.key for appellant in kind.appeal.who}
    counsel = who - {PROSECUTOR} and kind.secrecy.defence != "never"
    asked = {PROSECUTOR: PROSECUTOR in who, "defender": counsel, "clerk": who - {PROSECUTOR}}
    return tuple(role for role, may in asked.items() if may)


def endings(kind: Kind, outcome: Outcome) -> tuple[str, ...]:
    """The last states that a decision comes to when no court above cancels it."""
    mode, field = kind.validity.mode, kind.validity.ends_field
    if not outcome.grants or mode == "none":
        return ("closed",)
    if mode == "until_lifted":
        return ("lifted",)
    has_end = kind.form_for(outcome.output, outcome.key).field(field) if field else kind.validity.longest
    return ("expired", "lifted") if has_end else ("closed",)


def _ways(kind: Kind) -> list[tuple[Outcome, str]]:
    """Each outcome once, then each end that none of them has reached."""
    ways = [(outcome, endings(kind, outcome)[0]) for outcome in kind.outcomes]
    for outcome in kind.outcomes:
        reached = {ending for _, ending in ways}
        ways += [(outcome, ending) for ending in endings(kind, outcome) if ending not in reached]
    return ways


def _of_kind(kind: Kind, place: int, appeals: Appeals) -> Iterator[Plan]:
    ways = _ways(kind)
    steps = [step for step in kind.validity.ladder if kind.prosecutor.step_field]
    total = max(len(ways), len(DOORS), len(steps), len(kind.author_roles))
    reached: set[str] = set()
    for number in range(total):
        outcome, ending = ways[number % len(ways)]
        step = steps[number % len(steps)] if steps else None
        appeal = appeals.of(kind, outcome, spare=ending in reached)
        reached.add(ending)
        yield Plan(
            kind=kind,
            number=number,
            door=DOORS[(place + number) % len(DOORS)],
            outcome=outcome,
            ending=_ending(kind, appeal, ending),
            author=_author(kind, step, number),
            step=step,
            appeal=appeal,
            heard=kind.hearing.mode == "mandatory" or (kind.hearing.mode != "none" and number % 2 == 1),
            inquiry=number == 0 and _is_approved(kind),
            immune=number == total - 1 and not steps and _has_route(kind),
        )


def _ending(kind: Kind, appeal: Appeal | None, ending: str) -> str:
    """What the ruling leaves of the end that the decision would have come to."""
    if appeal and appeal.ruling.effect == "cancelled":
        return "cancelled"
    return endings(kind, appeal.instead)[0] if appeal and appeal.instead else ending


def _author(kind: Kind, step: Step | None, number: int) -> str:
    roles = step.authors if step and step.authors else kind.author_roles
    return roles[number % len(roles)]


def _is_approved(kind: Kind) -> bool:
    return kind.internal_approver is not None and "inquiry" in kind.internal_approver.bodies


def _has_route(kind: Kind) -> bool:
    route = kind.special_person_route
    return route is not None and bool(route.when) and all(condition.op == "eq" for condition in route.when)
