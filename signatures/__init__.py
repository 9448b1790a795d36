"""CMS/CAdES signatures: verification, trust, seals, evidence containers. No Django here: it can be lifted out.

The public face is :func:`verify` with :class:`TrustStore`, :class:`Expected` and :class:`Policy`, giving a
:class:`Report`; ``signatures.keys.sealer`` for the service's own key, ``signatures.canonical`` for the bytes that are
signed, ``signatures.container`` for evidence, and ``python -m signatures verify FILE`` for everybody.
"""

from signatures.evidence import Evidence
from signatures.policy import DEFAULT, Policy
from signatures.report import Check, Report, Signer
from signatures.verification import Expected, verify
from signatures.x509.trust import TrustStore

__all__ = ["DEFAULT", "Check", "Evidence", "Expected", "Policy", "Report", "Signer", "TrustStore", "verify"]
