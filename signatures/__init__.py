"""CMS/CAdES signatures: verification, trust, seals, evidence containers. Independent of Django and of the service.

The public API is :func:`verify` with :class:`TrustStore`, :class:`Expected` and :class:`Policy`; it returns a
:class:`Report`. ``signatures.keys.sealer`` signs with the service's own key, ``signatures.canonical`` makes the bytes
that are signed, ``signatures.container`` handles evidence; ``python -m signatures verify FILE`` is the command line.
"""

from signatures.evidence import Evidence
from signatures.policy import DEFAULT, Policy
from signatures.report import Check, Report, Signer
from signatures.verification import Expected, verify
from signatures.x509.trust import TrustStore

__all__ = ["DEFAULT", "Check", "Evidence", "Expected", "Policy", "Report", "Signer", "TrustStore", "verify"]
