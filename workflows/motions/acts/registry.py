"""The registry of acts. A missing or duplicate entry fails at import."""

from collections.abc import Iterable, Mapping

from workflows.motions.acts import appeal, court, decision, execution, filing, review
from workflows.motions.acts.spec import ActSpec
from workflows.motions.states import ActType


class IncompleteRegistry(Exception):
    """An act has no entry, or more than one."""


def register(*groups: Iterable[ActSpec]) -> Mapping[ActType, ActSpec]:
    """The entries by their act, in the order of :class:`ActType`. Raises :class:`IncompleteRegistry`."""
    found: dict[ActType, ActSpec] = {}
    for spec in (spec for group in groups for spec in group):
        if spec.type in found:
            raise IncompleteRegistry(f"{spec.type} has more than one entry in workflows.motions.acts")
        found[spec.type] = spec
    if missing := [act_type.value for act_type in ActType if act_type not in found]:
        raise IncompleteRegistry(f"no entry in workflows.motions.acts for: {', '.join(missing)}")
    return {act_type: found[act_type] for act_type in ActType}


SPECS = register(filing.ACTS, review.ACTS, court.ACTS, decision.ACTS, execution.ACTS, appeal.ACTS)
# Acts that the service performs itself, under its own seal.
SERVICE_ACTS = frozenset(spec.type for spec in SPECS.values() if spec.is_of_service)


def spec_of(act_type: ActType | str) -> ActSpec:
    """The entry of an act."""
    return SPECS[ActType(act_type)]
