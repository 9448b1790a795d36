"""Requests timestamps from several authorities in order and verifies each at receipt."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from signatures.clients.http import Http
from signatures.evidence import timestamps
from signatures.evidence.timestamps import BadTimestamp, Timestamp
from signatures.policy import Policy
from signatures.report.faults import Fault
from signatures.x509.revocation import Revocations
from signatures.x509.trust import TrustStore

NONCE_BITS = 64


@dataclass(frozen=True)
class TimestampClient:
    """``wanted``: the policy to request, if any; the token must then name exactly that policy."""

    http: Http
    trust: TrustStore
    policy: Policy
    clock: Callable[[], datetime]
    wanted: str | None = None

    def stamp(
        self, stamped: bytes, digest: str, addresses: Iterable[str], known: Callable[[bytes], Revocations]
    ) -> tuple[bytes, Timestamp]:
        """A token over ``stamped`` from the first authority that gives a valid one. Raises ``Unreachable``.

        ``known``: returns the revocation data about the certificates of a token.
        """
        return self.http.first(addresses, lambda address: self._asked(stamped, digest, address, known))

    def _asked(
        self, stamped: bytes, digest: str, address: str, known: Callable[[bytes], Revocations]
    ) -> tuple[bytes, Timestamp]:
        nonce = secrets.randbits(NONCE_BITS)
        asked = timestamps.request(stamped, digest, self.policy, nonce, self.wanted)
        media_type = {"Content-Type": "application/timestamp-query"}
        token = timestamps.read_token(self.http.ask(address, "POST", content=asked, headers=media_type))
        info = timestamps.read_info(token, self.policy)
        if info.nonce != nonce:
            raise BadTimestamp(Fault("timestamp-nonce-differs"), "FORMAT_FAILURE")
        if self.wanted not in (None, info.policy):
            raise BadTimestamp(Fault("timestamp-under-another-policy", policy=info.policy), "SIG_CONSTRAINTS_FAILURE")
        revocations = known(token)
        return token, timestamps.verify_token(
            token, stamped, trust=self.trust, policy=self.policy, now=self.clock(), revocations=revocations
        )
