"""The requirements on a signer's certificate by role, with the times from which they apply."""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from signatures.policy import DEFAULT, Policy


@dataclass(frozen=True)
class Period:
    """From ``since`` until ``until``, exclusive; ``None`` leaves that side open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the period includes ``at``."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


ALWAYS = Period()


@dataclass(frozen=True)
class Rule:
    """The certificate must have one of ``usages`` as extended key usage; empty: any role of the national arc.

    It must have one of ``policies`` as certificate policy; empty: the national ones. It must have all of
    ``key_usages``, in addition to nonRepudiation, which every signer needs.
    """

    usages: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    key_usages: frozenset[str] = frozenset()

    @functools.cached_property
    def policy(self) -> Policy:
        """The policy for verifying a signature under this rule."""
        policy = DEFAULT
        if self.key_usages:
            policy = dataclasses.replace(policy, key_usages=policy.key_usages | self.key_usages)
        if self.policies:
            own = self.policies
            policy = dataclasses.replace(policy, certificate_policies=own, organisation_policies=own)
        return policy


NO_RULE = Rule()


@dataclass(frozen=True)
class Change:
    """From ``since`` on (``None``: from the beginning) a role has ``rule``; ``None``: the usual rule."""

    since: datetime | None
    rule: Rule | None


@dataclass(frozen=True)
class Rules:
    """The rules of all roles with their changes; ``usual`` applies to roles without their own."""

    usual: Rule = NO_RULE
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    def of(self, role: object, at: datetime) -> Rule:
        """The rule of a role as it was at an instant."""
        known = self.changes.get(role, ()) if isinstance(role, str) else ()
        begun = [change for change in known if change.since is None or change.since <= at]
        return (begun[-1].rule if begun else None) or self.usual


NO_RULES = Rules()
