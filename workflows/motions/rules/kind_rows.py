"""Rules of kinds as conditions on rows: for each motion by the version of the law under which it was filed.

Each is the same as the function of that name in ``kind_rules``, which checks one motion.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from workflows.motions.states import SUSPENDING
from workflows.statute.catalogue import catalogue, stored_versions
from workflows.statute.schema import Kind, Outcome

NONE = Q(pk__in=[])


@dataclass(frozen=True)
class KindRows:
    """The kinds of every stored version of the catalogue, by the version's primary key."""

    kinds: Mapping[int, tuple[Kind, ...]]

    @classmethod
    def load(cls) -> "KindRows":
        """The stored versions; one query."""
        return cls({pk: tuple(catalogue(pk).kinds.values()) for pk in stored_versions()})

    def was_granted(self) -> Q:
        """The outcome grants the request; the same outcome may do so in one kind and not in another."""
        return self._by_outcome(lambda kind, outcome: outcome.grants)

    def may_be_appealed(self) -> Q:
        """The decision may be appealed, by its kind and its outcome."""

        def may_be(kind: Kind, outcome: Outcome) -> bool:
            return kind.appeal.allowed and (not kind.appeal.decisions or outcome.key in kind.appeal.decisions)

        return self._by_outcome(may_be)

    def is_suspended(self) -> Q:
        """An appeal keeps the decision from being executed."""
        return Q(appeal_state__in=SUSPENDING) & self.where(lambda kind: kind.appeal.suspensive is True)

    def where(self, is_such: Callable[[Kind], bool]) -> Q:
        """Motions of kinds for which ``is_such`` holds."""
        return self._rows({pk: {"": {kind.key for kind in kinds if is_such(kind)}} for pk, kinds in self.kinds.items()})

    def has(self, is_such: Callable[[Kind], bool]) -> bool:
        """Whether ``is_such`` holds for a kind of any version."""
        return any(is_such(kind) for kinds in self.kinds.values() for kind in kinds)

    def _by_outcome(self, is_such: Callable[[Kind, Outcome], bool]) -> Q:
        found: dict[int, dict[str, set[str]]] = {}
        for pk, kinds in self.kinds.items():
            by_outcome = found.setdefault(pk, defaultdict(set))
            for kind in kinds:
                for outcome in kind.outcomes:
                    if is_such(kind, outcome):
                        by_outcome[outcome.key].add(kind.key)
        return self._rows(found)

    def _rows(self, by_version: Mapping[int, Mapping[str, set[str]]]) -> Q:
        """Kinds by version and outcome (empty: any) as one condition; versions with the same rules share one."""
        versions: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
        for pk, by_outcome in by_version.items():
            for outcome, kinds in by_outcome.items():
                versions[outcome, frozenset(kinds)].append(pk)
        found = NONE
        for (outcome, keys), pks in versions.items():
            named = Q(kind__in=sorted(keys)) & (Q(outcome=outcome) if outcome else Q())
            found |= named if len(pks) == len(by_version) else named & Q(catalogue__in=pks)
        return found
