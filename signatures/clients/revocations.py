"""Fetches and verifies revocation lists and OCSP responses, and caches them while they are fresh."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.clients.http import Http
from signatures.clients.store import Store
from signatures.policy import Policy
from signatures.report.faults import Fault
from signatures.report.report import HOSTILE
from signatures.x509 import crl, ocsp
from signatures.x509.trust import TrustStore

NONCE_BYTES = 32
# A list is fetched again after this time, even if its nextUpdate is later, so that a revocation is seen soon.
LONGEST_LIST = timedelta(hours=1)
LONGEST_ANSWER = timedelta(minutes=1)


@dataclass(frozen=True)
class ListClient:
    """Revocation lists of trusted authorities."""

    http: Http
    store: Store
    trust: TrustStore
    clock: Callable[[], datetime]

    def fetch(self, addresses: Iterable[str]) -> bytes:
        """The DER of one list, from the first address that has a current one. Raises ``Unreachable``."""
        addresses = tuple(addresses)
        key = "crl:" + hashlib.sha256("\n".join(addresses).encode()).hexdigest()
        if (kept := self.store.get(key)) is not None:
            return kept
        found, until = self.http.first(addresses, self._current)
        self.store.set(key, found, max(0, int((until - self.clock()).total_seconds())))
        return found

    def _current(self, address: str) -> tuple[bytes, datetime]:
        data = self.http.ask(address)
        try:
            found = crl.read(data)
            self.trust.owner_of(found)
        except HOSTILE as fault:
            raise ValueError(str(fault)) from fault
        now, until = self.clock(), found.next_update_utc
        if until is None or until <= now:
            raise ValueError("the list is not current")
        return found.public_bytes(Encoding.DER), min(until, now + LONGEST_LIST)


@dataclass(frozen=True)
class OcspClient:
    """Answers about certificates of trusted authorities."""

    http: Http
    store: Store
    trust: TrustStore
    policy: Policy
    clock: Callable[[], datetime]

    def fetch(self, certificate: x509.Certificate, issuer: x509.Certificate, addresses: Iterable[str]) -> bytes:
        """The DER of a response about a certificate, from the first responder that knows it. Raises ``Unreachable``."""
        key = "ocsp:" + hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
        if (kept := self.store.get(key)) is not None:
            return kept
        found, until = self.http.first(addresses, lambda address: self._ask(certificate, issuer, address))
        self.store.set(key, found, max(0, int((until - self.clock()).total_seconds())))
        return found

    def _ask(self, certificate: x509.Certificate, issuer: x509.Certificate, address: str) -> tuple[bytes, datetime]:
        """The response, and until when it may be cached; ``Unusable`` without a fresh answer about the certificate."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        asked = ocsp.request(certificate, issuer, nonce)
        data = self.http.ask(address, "POST", content=asked, headers={"Content-Type": "application/ocsp-request"})
        answers = ocsp.read(data, self.trust, self.policy, nonce)
        now, subject = self.clock(), (issuer, certificate.serial_number)
        about = [
            answer for answer in answers if (answer.authority, answer.serial) == subject and answer.status != "unknown"
        ]
        fresh = [answer for answer in about if answer.is_fresh(now, now + self.policy.clock_skew, self.policy)]
        if not fresh:
            raise ocsp.Unusable(Fault("ocsp-not-current"))
        return data, min(fresh[0].next_update or now + LONGEST_ANSWER, now + LONGEST_ANSWER)
