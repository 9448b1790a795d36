"""The catalogue's rules for motions: which steps a kind has, given the content of the motion.

Every rule of a kind that depends on the motion's payload or on its bodies is read here and nowhere else. A function
checks one motion. A :class:`KindRule` is stated once, and serves as such a check and as a condition on rows.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from ecase.officers.models import Role
from workflows.motions.states import SUSPENDING, AppealState
from workflows.statute.catalogue import catalogue
from workflows.statute.conditions import all_hold
from workflows.statute.models import CatalogueVersion
from workflows.statute.schema import Kind, Outcome, Step

if TYPE_CHECKING:
    from workflows.motions.models import Motion

NONE = Q(pk__in=[])


@dataclass(frozen=True)
class KindRows:
    """The kinds of every stored version of the catalogue, by the version's primary key.

    Its conditions hold for each motion by the version of the law under which it was filed.
    """

    kinds: Mapping[int, tuple[Kind, ...]]

    @classmethod
    def load(cls) -> "KindRows":
        """The stored versions; one query."""
        versions = CatalogueVersion.objects.order_by("pk").values_list("pk", flat=True)
        return cls({pk: tuple(catalogue(pk).kinds.values()) for pk in versions})

    def has(self, holds: Callable[[Kind, str], bool]) -> bool:
        """Whether ``holds`` for a kind of any version, before a decision."""
        return any(holds(kind, "") for kinds in self.kinds.values() for kind in kinds)

    def where(self, holds: Callable[[Kind, str], bool]) -> Q:
        """Motions for whose kind and outcome (its key, empty before the decision) ``holds``."""
        found: dict[tuple[int, str], set[str]] = defaultdict(set)
        for pk, kind in ((pk, kind) for pk, kinds in self.kinds.items() for kind in kinds):
            outcomes = {"", *(outcome.key for outcome in kind.outcomes)}
            fitting = {outcome for outcome in outcomes if holds(kind, outcome)}
            # An empty key in ``found``: whatever the outcome is.
            for outcome in [""] if fitting == outcomes else sorted(fitting - {""}):
                found[pk, outcome].add(kind.key)
        # Versions with the same rules share one condition.
        versions: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
        for (pk, outcome), keys in found.items():
            versions[outcome, frozenset(keys)].append(pk)
        rows = NONE
        for (outcome, alike), pks in versions.items():
            named = Q(kind__in=sorted(alike)) & (Q(outcome=outcome) if outcome else Q())
            rows |= named if len(pks) == len(self.kinds) else named & Q(catalogue__in=pks)
        return rows


@dataclass(frozen=True)
class KindRule:
    """A rule of the catalogue on kinds and outcomes: called, of one motion; ``rows``, the same as a condition on rows.

    ``holds`` judges a kind and the key of an outcome, empty before the decision; with ``during``, the rule holds only
    in these states of the appeal.
    """

    holds: Callable[[Kind, str], bool]
    during: Collection[AppealState] | None = None

    def __call__(self, motion: "Motion") -> bool:
        is_its_time = self.during is None or motion.appeal_state in self.during
        return is_its_time and self.holds(motion.kind_entry, motion.outcome)

    def rows(self, kinds: KindRows) -> Q:
        found = kinds.where(self.holds)
        return found if self.during is None else found & Q(appeal_state__in=self.during)


may_be_heard = KindRule(lambda kind, outcome: kind.hearing.mode != "none")
# The same outcome may grant the request in one kind and not in another.
was_granted = KindRule(lambda kind, outcome: bool(outcome) and kind.outcome(outcome).grants)
may_be_appealed = KindRule(
    lambda kind, outcome: kind.appeal.allowed and (not kind.appeal.decisions or outcome in kind.appeal.decisions)
)
# An appeal keeps the decision from being executed.
is_suspended = KindRule(lambda kind, outcome: kind.appeal.suspensive is True, during=SUSPENDING)


def jurisdiction(motion: "Motion") -> str:
    """The jurisdiction under whose law the motion was filed."""
    return catalogue(motion.catalogue_id).jurisdiction


def needs_approval(motion: "Motion") -> bool:
    """Whether the head of the author's body has to agree before the motion leaves it."""
    approver = motion.kind_entry.internal_approver
    if approver is None or motion.author.role == approver.role:
        return False
    return motion.organisation.kind in approver.bodies


def needs_consent(motion: "Motion") -> bool:
    """Whether a prosecutor consents: not if he is the author himself and no higher level is asked."""
    asked = motion.kind_entry.prosecutor.role == "consent" or takes_special_route(motion)
    return asked and (motion.author.role != Role.PROSECUTOR or bool(consent_levels(motion)))


def prosecutor_reads(motion: "Motion") -> bool:
    """Whether the supervising prosecutor takes part: he consents, or is sent a copy."""
    return motion.kind_entry.prosecutor.role in ("consent", "notify_copy") or takes_special_route(motion)


def takes_special_route(motion: "Motion") -> bool:
    """Whether the motion concerns a person with immunity."""
    route, form = motion.kind_entry.special_person_route, motion.kind_entry.form
    if route is None or not route.when:
        return False
    return all_hold(route.when, form, motion.payload, timezone.now())


def ladder_step(motion: "Motion") -> Step | None:
    """The step of the ladder of extensions that the motion names, if its kind has a ladder."""
    key = motion.payload.get(motion.kind_entry.prosecutor.step_field)
    return next((step for step in motion.kind_entry.validity.ladder if step.key == key), None)


def consent_levels(motion: "Motion") -> tuple[str, ...]:
    """The levels of prosecutors that consent, in order; empty: the office that supervises the case."""
    if takes_special_route(motion):
        route = motion.kind_entry.special_person_route
        return (route.prosecution_level,) if route else ()
    step = ladder_step(motion)
    return step.levels if step else ()


def executor_role(motion: "Motion") -> str:
    """Who carries a decision out: the author's role, or the investigator if the defence was the author."""
    return Role.INVESTIGATOR if motion.author.role == Role.DEFENDER else motion.author.role


def needs_consent_to_lift(motion: "Motion") -> bool:
    """Whether the executor of the decision needs the prosecutor's consent to lift the measure."""
    rule = motion.kind_entry.lifting
    return rule is None or executor_role(motion) in rule.consent_for


def path(motion: "Motion") -> str:
    """``urgent`` if the motion asks to check a step taken without a sanction, else ``ordinary``."""
    field = motion.kind_entry.urgent.field
    return "urgent" if field and motion.payload.get(field) is True else "ordinary"


def outcomes(motion: "Motion", output: str = "") -> tuple[Outcome, ...]:
    """What the judge may decide on this motion, by acts of the form ``output`` (empty: of any form)."""
    known = motion.kind_entry.outcomes_on(path(motion))
    return tuple(outcome for outcome in known if not output or outcome.output == output)


def is_in_force(motion: "Motion") -> bool:
    """Whether a sanction was given and holds now."""
    if not was_granted(motion) or motion.ended_at is not None or is_suspended(motion):
        return False
    return motion.valid_until is None or timezone.now() <= motion.valid_until
