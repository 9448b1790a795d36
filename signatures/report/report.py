"""The result of a verification, in the terms of EN 319 102-1."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from signatures.report.faults import Fault

Indication = Literal["TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE"]

# A sub-indication means that something is proven wrong, or that something is not known. EN 319 102-1, table 6.
INDICATIONS: dict[str, Indication] = {
    "FORMAT_FAILURE": "TOTAL_FAILED",
    "HASH_FAILURE": "TOTAL_FAILED",
    "SIG_CRYPTO_FAILURE": "TOTAL_FAILED",
    "REVOKED": "TOTAL_FAILED",
    "EXPIRED": "TOTAL_FAILED",
    "NOT_YET_VALID": "TOTAL_FAILED",
    "SIG_CONSTRAINTS_FAILURE": "INDETERMINATE",
    "CHAIN_CONSTRAINTS_FAILURE": "INDETERMINATE",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "INDETERMINATE",
    "CRYPTO_CONSTRAINTS_FAILURE": "INDETERMINATE",
    "NO_SIGNING_CERTIFICATE_FOUND": "INDETERMINATE",
    "NO_CERTIFICATE_CHAIN_FOUND": "INDETERMINATE",
    "REVOKED_NO_POE": "INDETERMINATE",
    "REVOKED_CA_NO_POE": "INDETERMINATE",
    "OUT_OF_BOUNDS_NO_POE": "INDETERMINATE",
    "TRY_LATER": "INDETERMINATE",
    "NO_POE": "INDETERMINATE",
    "TIMESTAMP_ORDER_FAILURE": "INDETERMINATE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "INDETERMINATE",
}

# What parsers raise for hostile certificates and structures; any other exception is a bug and propagates.
HOSTILE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True)
class Check:
    """One check. ``name`` is stable; ``fault`` is what is wrong, ``detail`` the same in English.

    A check that passed has a ``detail`` only if it is a note: an item that was ignored, and why. Reports from before
    there were codes, and notes not made by this verifier, have a ``detail`` without a ``fault``.

    Names, in the order in which they are looked at:
    trust, format, detached, signed-attributes, content-type, counter-signature, content, signing-certificate,
    certificate, digest-algorithm, message-digest, signing-certificate-attribute, algorithm-protection, signing-time,
    signature, evidence, renewal, timestamp, chain, authorities, validity, revocation, algorithm-age, key-usage, role,
    certificate-policy, iin, bin, seal.
    """

    name: str
    passed: bool
    detail: str = ""
    sub_indication: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class Signer:
    """The owner of the certificate. IIN and BIN are ``None`` if absent or not in the accepted form."""

    iin: str | None
    bin: str | None
    name: str
    serial: str
    cert_sha256: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Report:
    """The outcome of a verification.

    ``signature_sha256`` is the identity of the bare signature value: the same however the signature is wrapped
    or re-encoded. ``signing_time`` is claimed by the signer and proves nothing; ``best_signature_time`` is the earliest
    proven time of the signature, at which the certificate was judged.
    """

    indication: Indication
    sub_indication: str
    checks: tuple[Check, ...]
    signer: Signer | None = None
    signature_sha256: str = ""
    signing_time: datetime | None = None
    best_signature_time: datetime | None = None
    algorithm: str = ""
    policy: str = ""

    @property
    def passed(self) -> bool:
        return self.indication == "TOTAL_PASSED"

    @property
    def notes(self) -> tuple[str, ...]:
        """The items that were ignored without effect on the result, and why."""
        return tuple(check.detail for check in self.checks if check.passed and check.detail)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON; instants in RFC 3339, UTC."""
        return {name: _plain(value) for name, value in vars(self).items()}


def _plain(value: Any) -> Any:
    # Most values are texts.
    return value if value is None or isinstance(value, str) else _plain_of(value)


def _plain_of(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # Not `asdict`: its deep copy took as long as verifying the signature value.
    if isinstance(value, Check):
        return {name: _plain(item) for name, item in vars(value).items() if item is not None}
    if isinstance(value, Fault):
        return value.as_dict()
    return _plain(vars(value)) if isinstance(value, Signer) else value


def outcome(checks: Iterable[Check]) -> tuple[Indication, str]:
    """Indication and sub-indication: proven faults take precedence over unknowns; among equals the first counts."""
    failed = [check.sub_indication for check in checks if not check.passed]
    if not failed:
        return "TOTAL_PASSED", ""
    proven = [name for name in failed if INDICATIONS[name] == "TOTAL_FAILED"]
    sub = (proven or failed)[0]
    return INDICATIONS[sub], sub


@functools.cache
def _passed(name: str) -> Check:
    """Cached by name: names are fixed and few."""
    return Check(name, True)


class Fatal(Exception):
    """Ends the examination: the check just recorded leaves nothing to examine."""


@dataclass
class Findings:
    """Collects checks while a signature is examined, and becomes the report."""

    checks: list[Check] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, fault: Fault | None, sub_indication: str) -> bool:
        """Record a check, which passed if there is no fault; returns whether it passed."""
        if fault is None:
            self.checks.append(_passed(name))
            return True
        self.checks.append(Check(name, not sub_indication, str(fault), sub_indication, fault))
        return False

    def note(self, name: str, fault: Fault) -> None:
        """Record an ignored item, which does not count against the signature."""
        self.checks.append(Check(name, True, str(fault), fault=fault))

    def need(self, name: str, fault: Fault | None, sub_indication: str) -> None:
        """Record a check on which all later ones depend; raises :class:`Fatal` if it did not pass."""
        if not self.add(name, fault, sub_indication):
            raise Fatal(fault)

    def report(self) -> Report:
        """The report."""
        indication, sub = outcome(self.checks)
        return Report(indication, sub, tuple(self.checks), **self.facts)
