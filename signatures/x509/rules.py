"""What the certificate of whoever signs in a post must be for, and since when that has been asked."""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from signatures.policy import DEFAULT, Policy


@dataclass(frozen=True)
class Period:
    """From when until when something counts; ``None`` leaves that side open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it counts at that instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


ALWAYS = Period()


@dataclass(frozen=True)
class Rule:
    """Of ``usages`` one must be among the certificate's extended key usages; empty for any role of the national arc.

    Of ``policies`` one must be among its certificate policies; empty for the national ones. Of ``key_usages`` each must
    be among what its key is for, beside the nonRepudiation of every signer.
    """

    usages: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    key_usages: frozenset[str] = frozenset()

    @functools.cached_property
    def policy(self) -> Policy:
        """The policy that a signature under this rule is verified by."""
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
    """From ``since`` on (``None``: from the beginning) a role has that rule; ``None``: the one for everybody."""

    since: datetime | None
    rule: Rule | None


@dataclass(frozen=True)
class Rules:
    """The rules of all roles as they have changed; ``usual`` is for whoever has none of his or her own."""

    usual: Rule = NO_RULE
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    def of(self, role: object, at: datetime) -> Rule:
        """The rule of a role as it was at an instant."""
        known = self.changes.get(role, ()) if isinstance(role, str) else ()
        begun = [one for one in known if one.since is None or one.since <= at]
        return (begun[-1].rule if begun else None) or self.usual


NO_RULES = Rules()
