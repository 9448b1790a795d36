"""The record that makes a signature verifiable on its own in the long term: CAdES-B-LT content, and renewals.

The record is canonical JSON, so its bytes are unique: archive renewal takes their digest. All proofs in it are signed
by third parties; the report of the verification at receipt is for information and is not trusted.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from signatures import canonical
from signatures.report.faults import Fault, FaultError, fault_of

SCHEMA = "ecase.evidence/1"
MAX_MEMBERS = 20_000
LISTS = ("timestamps", "ocsp", "crls", "certificates")


@dataclass(frozen=True)
class Sources:
    """DER of revocation data: OCSP responses, revocation lists, and certificates for information (trust is pinned)."""

    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {name: [_encode(value) for value in values] for name, values in vars(self).items()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Sources":
        return cls(*(tuple(map(_decode, data[name])) for name in ("ocsp", "crls", "certificates")))


NO_SOURCES = Sources()


@dataclass(frozen=True)
class Step:
    """A sibling hash on the path from a leaf up to the root, and its side."""

    neighbour: bytes
    is_left: bool


@dataclass(frozen=True)
class Renewal:
    """One archive timestamp (modelled on RFC 4998): a token over the root of a hash tree with this record as a leaf.

    ``digest``: the tree's algorithm. ``sources``: revocation data for the token's own certificate.
    """

    digest: str
    path: tuple[Step, ...]
    token: bytes
    sources: Sources = NO_SOURCES

    def as_dict(self) -> dict[str, Any]:
        path = [{"neighbour": _encode(step.neighbour), "left": step.is_left} for step in self.path]
        return {"digest": self.digest, "path": path, "token": _encode(self.token), "sources": self.sources.as_dict()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Renewal":
        path = tuple(Step(_decode(step["neighbour"]), step["left"] is True) for step in data["path"])
        return cls(str(data["digest"]), path, _decode(data["token"]), Sources.of(data["sources"]))


@dataclass(frozen=True)
class Evidence:
    """The record of one signature: ``cms`` as received, ``content`` as signed, tokens over the signature value.

    ``verifier``, ``policy``, ``report``: of the verification at receipt. ``renewals``: oldest first.
    """

    cms: bytes
    content: bytes
    timestamps: tuple[bytes, ...] = ()
    sources: Sources = NO_SOURCES
    verifier: str = ""
    policy: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    renewals: tuple[Renewal, ...] = ()

    def dumps(self) -> bytes:
        """The record as canonical JSON."""
        return canonical.canonical(
            {
                "schema": SCHEMA,
                "cms": _encode(self.cms),
                "content": _encode(self.content),
                "timestamps": [_encode(timestamp) for timestamp in self.timestamps],
                "sources": self.sources.as_dict(),
                "verifier": self.verifier,
                "policy": self.policy,
                "report": dict(self.report),
                "renewals": [renewal.as_dict() for renewal in self.renewals],
            }
        )

    @classmethod
    def loads(cls, data: bytes, limit: int) -> "Evidence":
        """Read a record of at most ``limit`` bytes; ``ValueError`` unless it is canonical."""
        if len(data) > limit:
            raise FaultError(Fault("evidence-too-large", limit=limit))
        # An upper bound on the parsed members: a genuine record has some hundreds, and base64 contains no comma.
        if data.count(b",") + data.count(b"{") + data.count(b"[") > MAX_MEMBERS:
            raise FaultError(Fault("too-many-evidence-members", limit=MAX_MEMBERS))
        try:
            found = cls._of(canonical.check(data))
        except (KeyError, TypeError, AttributeError) as fault:
            raise FaultError(Fault("not-evidence", reason=repr(fault))) from fault
        if found.dumps() != data:
            raise FaultError(Fault("evidence-not-canonical"))
        return found

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> "Evidence":
        return cls(
            cms=_decode(data["cms"]),
            content=_decode(data["content"]),
            timestamps=tuple(map(_decode, data["timestamps"])),
            sources=Sources.of(data["sources"]),
            verifier=str(data["verifier"]),
            policy=str(data["policy"]),
            report=data["report"],
            renewals=tuple(Renewal.of(renewal) for renewal in data["renewals"]),
        )

    def judged(self, report: Mapping[str, Any]) -> "Evidence":
        """The record with a verification's report (:meth:`signatures.Report.as_dict`). ``ValueError`` if renewed."""
        if self.renewals:
            raise ValueError("a renewal is over the record as it was: its report stays")
        return replace(self, report=report)

    def before(self, renewal: int) -> "Evidence":
        """The record as it was before renewal number ``renewal`` (0 is the oldest)."""
        return replace(self, renewals=self.renewals[:renewal])


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise FaultError(Fault("not-base64", reason=fault_of(fault))) from fault
