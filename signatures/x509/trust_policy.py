"""``policy.yaml`` of a trust folder: its purpose, the rules for signers, and periods of trust.

::

    purpose: production
    signers:                                   for roles without a rule of their own
      extended_key_usages: [1.2.398.3.3.4.1.2]
    rules:
      judge:                                   by the role in act.json, in chronological order
      - since: '2027-01-01T00:00:00Z'          left out: from the beginning
        extended_key_usages: [1.2.398.3.3.4.1.2.5]
        policies: [1.2.398.3.3.2]
        key_usages: [digitalSignature]
      - {since: '2028-01-01T00:00:00Z', usual: true}
    trusted:
      <SHA-256 of a certificate>: {since: '2026-01-01T00:00:00Z', until: '2029-01-01T00:00:00Z'}

Only ``purpose`` is required. Unknown names are refused, so that a misspelt rule is noticed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from signatures.report.faults import Fault, FaultError, Parameter, fault_of
from signatures.x509.facts import KEY_USAGES
from signatures.x509.rules import ALWAYS, NO_RULES, Change, Period, Rule, Rules

NAME = "policy.yaml"
PURPOSES = ("demo", "test", "production")
_OID = re.compile(r"[0-2](\.\d+)+", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_USAGES, _POLICIES, _KEY_USAGES, _USUAL = "extended_key_usages", "policies", "key_usages", "usual"


@dataclass(frozen=True)
class TrustPolicy:
    """The content of the file. ``trusted``: periods by the SHA-256 of certificates; others are trusted always."""

    purpose: str
    rules: Rules = NO_RULES
    trusted: Mapping[str, Period] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "TrustPolicy":
        """Load it. ``ValueError`` names the file and its fault, ``OSError`` if it cannot be read."""
        path = folder / NAME
        try:
            return cls._of(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValueError) as fault:
            raise FaultError(Fault("at-place", place=str(path), fault=fault_of(fault))) from fault

    @classmethod
    def _of(cls, content: object) -> "TrustPolicy":
        known = _mapping(content, Fault("the-file"), {"purpose", "signers", "rules", "trusted"})
        purpose = known.get("purpose")
        if purpose not in PURPOSES:
            raise FaultError(Fault("policy-purpose", purposes=", ".join(PURPOSES), found=repr(purpose)))
        by_role = _mapping(known.get("rules", {}), "rules")
        changes = {str(role): _changes(role, listed) for role, listed in by_role.items()}
        periods = {}
        for name, period in _mapping(known.get("trusted", {}), "trusted").items():
            if not isinstance(name, str) or not _SHA256.fullmatch(name):
                raise FaultError(Fault("policy-not-a-digest", name=str(name)))
            edges = _mapping(period, "trusted", {"since", "until"})
            periods[name] = Period(_instant(edges.get("since")), _instant(edges.get("until")))
        return cls(purpose, Rules(_rule(known.get("signers", {}), "signers"), changes), periods)

    def dumps(self) -> bytes:
        """The file as YAML in UTF-8."""
        content: dict[str, Any] = {"purpose": self.purpose, "signers": _plain_rule(self.rules.usual)}
        content["rules"] = {
            role: [
                ({"since": _text(change.since)} if change.since else {})
                | (_plain_rule(change.rule) if change.rule else {_USUAL: True})
                for change in changes
            ]
            for role, changes in self.rules.changes.items()
        }
        content["trusted"] = {
            name: {edge: _text(at) for edge, at in vars(period).items() if at}
            for name, period in self.trusted.items()
            if period != ALWAYS
        }
        return yaml.safe_dump(content).encode()


def _mapping(content: object, where: Parameter, keys: Iterable[str] | None = None) -> Mapping[Any, Any]:
    if not isinstance(content, dict):
        raise FaultError(Fault("policy-not-a-mapping", place=where))
    unknown = sorted(str(name) for name in content.keys() - set(content.keys() if keys is None else keys))
    if unknown:
        raise FaultError(Fault("policy-names-unknown", place=where, names=", ".join(unknown)))
    return content


def _changes(role: str, listed: object) -> tuple[Change, ...]:
    if not isinstance(listed, list):
        raise FaultError(Fault("policy-rules-not-a-list", role=role))
    found, where = [], f"rules of {role}"
    for content in listed:
        known = dict(_mapping(content, where, {"since", _USUAL, _USAGES, _POLICIES, _KEY_USAGES}))
        since, usual = _instant(known.pop("since", None)), known.pop(_USUAL, False)
        if usual not in (True, False) or (usual and known):
            raise FaultError(Fault("policy-usual-or-rule", place=where))
        found.append(Change(since, None if usual else _rule(known, where)))
    begins = [change.since or _BEGINNING for change in found]
    if begins != sorted(set(begins)):
        raise FaultError(Fault("policy-rules-unordered", role=role))
    return tuple(found)


def _rule(content: object, where: str) -> Rule:
    known = _mapping(content, where, {_USAGES, _POLICIES, _KEY_USAGES})
    usages, policies, key_usages = (known.get(name, []) for name in (_USAGES, _POLICIES, _KEY_USAGES))
    for found in (usages, policies):
        if not isinstance(found, list) or not all(isinstance(oid, str) and _OID.fullmatch(oid) for oid in found):
            raise FaultError(Fault("policy-identifiers-expected", place=where))
    if not isinstance(key_usages, list) or not all(
        isinstance(usage, str) and usage in KEY_USAGES for usage in key_usages
    ):
        raise FaultError(Fault("policy-key-usages-expected", place=where, usages=", ".join(KEY_USAGES)))
    return Rule(frozenset(usages), frozenset(policies), frozenset(key_usages))


def _instant(given: object) -> datetime | None:
    """An RFC 3339 instant, quoted or as parsed by YAML, in UTC. Raises ``ValueError``."""
    if given is None:
        return None
    found = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    if found.tzinfo is None:
        raise FaultError(Fault("policy-instant-without-offset", given=str(given)))
    return found.astimezone(UTC)


def _plain_rule(rule: Rule) -> dict[str, list[str]]:
    return {_USAGES: sorted(rule.usages), _POLICIES: sorted(rule.policies), _KEY_USAGES: sorted(rule.key_usages)}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
