"""Collects the evidence of a signature at receipt: a timestamp over its value, then revocation data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata

from cryptography import x509

from signatures.asn1 import oids
from signatures.clients.http import Http, Unreachable
from signatures.clients.revocations import ListClient, OcspClient
from signatures.clients.store import MemoryStore, Store
from signatures.clients.timestamps import TimestampClient
from signatures.cms.attributes import identifier_fault
from signatures.cms.parsing import SignerInfo, parse
from signatures.evidence.record import Evidence, Sources
from signatures.evidence.renewal import Stamped
from signatures.evidence.timestamps import parse_token, verify_token
from signatures.policy import DEFAULT, Policy
from signatures.report.report import HOSTILE
from signatures.x509 import certificates, crl, revocation
from signatures.x509.facts import Facts
from signatures.x509.revocation import Revocations
from signatures.x509.trust import TrustStore


@dataclass(frozen=True)
class Addresses:
    """Timestamp authorities and OCSP responders in the order of use; for each revocation list, all its addresses."""

    tsa: Sequence[str] = ()
    ocsp: Sequence[str] = ()
    crls: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Collected:
    """Evidence; ``missing`` names what could not be fetched: the outcome may then be INDETERMINATE, TRY_LATER."""

    evidence: Evidence
    missing: tuple[str, ...] = ()


@dataclass
class Collector:
    """Fetches evidence. ``clock`` gives aware instants; ``store`` may be Django's cache.

    ``digest``: for timestamps over signatures. ``timestamp_policy``: the one to request; ``None``: any allowed one.
    """

    addresses: Addresses
    trust: TrustStore
    policy: Policy = DEFAULT
    http: Http = field(default_factory=Http)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    store: Store | None = None
    digest: str = oids.SHA256
    timestamp_policy: str | None = None

    def __post_init__(self) -> None:
        store = self.store or MemoryStore(self.clock)
        self.lists = ListClient(self.http, store, self.trust, self.clock)
        self.responder = OcspClient(self.http, store, self.trust, self.policy, self.clock)
        self.stamper = TimestampClient(self.http, self.trust, self.policy, self.clock, self.timestamp_policy)

    def collect(self, cms: bytes, content: bytes) -> Collected:
        """Collect evidence for a signature that has passed all checks that need none.

        Valid timestamps that the signing program put into the signature, as NCALayer does, are taken over.

        ``ValueError`` if the signature cannot be read. What cannot be fetched is named in ``missing``, not raised.
        """
        parsed = parse(cms, self.policy)
        signers = [
            certificate for certificate in parsed.certificates if not identifier_fault(parsed.signer, certificate)
        ]
        gathering = _Gathering(self)
        tokens = gathering.embedded(parsed.signer)
        tokens += gathering.stamped(parsed.signer.signature, self.digest)
        for facts in signers[:1]:
            gathering.responses(facts)
        made = Evidence(cms, content, tokens, gathering.sources(), f"signatures {_version()}", self.policy.name)
        return Collected(made, tuple(gathering.missing))

    def stamp_root(self, root: bytes) -> Stamped:
        """A token over the root of a tree, for :func:`signatures.evidence.renewal.renew`. Raises ``Unreachable``."""
        gathering = _Gathering(self)
        tokens = gathering.stamped(root, oids.SHA512)
        if not tokens:
            raise Unreachable(gathering.missing)
        return Stamped(tokens[0], gathering.sources())


def _version() -> str:
    try:
        return metadata.version("ecase")
    except metadata.PackageNotFoundError:
        # The package runs without being installed.
        return "0"


class _Gathering:
    """The evidence of one signature while it is being collected."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self.missing: list[str] = []
        # In the order in which they were found, each once.
        self._found: dict[bytes, None] = {}
        self._chain: dict[bytes, None] = {}
        self._lists: list[tuple[bytes, x509.Name]] = []
        for addresses in collector.addresses.crls:
            try:
                data = collector.lists.fetch(addresses)
            except Unreachable as fault:
                self.missing.append(f"revocation list: {fault}")
            else:
                self._lists.append((data, crl.read(data).issuer))

    def embedded(self, signer: SignerInfo) -> tuple[bytes, ...]:
        """The valid timestamps among the unsigned attributes; others are named in ``missing``.

        One place is left for a timestamp of our own.
        """
        collector, found = self._collector, []
        stamped = (attribute.values for attribute in signer.unsigned if attribute.oid == oids.SIGNATURE_TIMESTAMP)
        tokens = [token.raw for values in stamped for token in values]
        for token in tokens[: collector.policy.max_timestamps - 1]:
            before = dict(self._found), dict(self._chain)
            try:
                known, now = self._known(token), collector.clock()
                verify_token(
                    token, signer.signature, trust=collector.trust, policy=collector.policy, now=now, revocations=known
                )
            except HOSTILE as fault:
                self._found, self._chain = before
                self.missing.append(f"timestamp in the signature: {fault}")
            else:
                found.append(token)
        return tuple(found)

    def stamped(self, data: bytes, digest: str) -> tuple[bytes, ...]:
        """One token; empty if no authority gave one."""
        collector = self._collector
        if not collector.addresses.tsa:
            return ()
        try:
            token, _ = collector.stamper.stamp(data, digest, collector.addresses.tsa, self._known)
        except Unreachable as fault:
            self.missing.append(f"timestamp: {fault}")
            return ()
        return (token,)

    def responses(self, facts: Facts) -> None:
        """OCSP responses about a certificate and the authorities above it, and those authorities."""
        collector = self._collector
        try:
            path, _, _ = certificates.find_path(facts, collector.trust, collector.policy, collector.clock())
        except HOSTILE as fault:
            self.missing.append(f"OCSP: {fault}")
            return
        responders = collector.addresses.ocsp
        for below, issuer in path.issued if path and responders else ():
            try:
                response = collector.responder.fetch(below.certificate, issuer.certificate, responders)
            except Unreachable as fault:
                self.missing.append(f"OCSP: {fault}")
            else:
                self._found[response] = None
        for authority in path.authorities if path else ():
            self._chain[authority.facts.der] = None

    def sources(self) -> Sources:
        """Only with the lists of authorities on the paths: other lists prove nothing."""
        names = {authority.subject for authority in map(x509.load_der_x509_certificate, self._chain)}
        fitting = tuple(data for data, issuer in self._lists if issuer in names)
        return Sources(tuple(self._found), fitting, tuple(self._chain))

    def _known(self, token: bytes) -> Revocations:
        """Revocation data about a token's certificates."""
        collector = self._collector
        parsed = parse_token(token, collector.policy)
        for certificate in parsed.certificates:
            if not identifier_fault(parsed.signer, certificate):
                self.responses(certificate)
        sources = self.sources()
        found, _faults = revocation.read(sources.crls, sources.ocsp, collector.trust, collector.policy)
        return found
