"""The texts of the readable report other than faults; translated in ``signatures/locale``."""

from typing import Final

from signatures.report.catalogue import load_catalogue

# A lawyer's questions about a signature, and the checks of the report that answer each.
QUESTIONS: Final[dict[str, frozenset[str]]] = {
    "form": frozenset({"trust", "format", "detached", "signed-attributes", "content-type", "counter-signature"}),
    "value": frozenset(
        {"content", "digest-algorithm", "message-digest", "algorithm-protection", "signing-time", "signature"}
    ),
    "identity": frozenset({"iin", "bin", "seal"}),
    "certificates": frozenset(
        {"signing-certificate", "certificate", "signing-certificate-attribute", "chain", "authorities", "validity"}
    ),
    "fitness": frozenset({"algorithm-age", "key-usage", "role", "certificate-policy"}),
    "revocation": frozenset({"revocation"}),
    "timestamp": frozenset({"evidence", "renewal", "timestamp"}),
}

WORDS: Final[dict[str, str]] = {
    "TOTAL_PASSED": "PASSED",
    "TOTAL_FAILED": "FAILED",
    "INDETERMINATE": "INDETERMINATE",
    "statement": "Signed statement",
    "signature": "Signature",
    "file": "File",
    "chain": "Chain of acts",
    "audit-proof": "Proof of the audit log",
    "evidence": "Evidence",
    "verdict": "Verdict",
    "case": "Case",
    "author": "Author",
    "act": "Act",
    "service": "the service",
    "unusable": "Cannot be verified",
    "no-trust": "No trust folder: give --trust or set ECASE_TRUST_DIR.",
    "form": "Form of the signature",
    "value": "Signature over these bytes",
    "identity": "Identity of the signer",
    "certificates": "Certificates",
    "fitness": "Fit for this purpose",
    "revocation": "Revocation",
    "timestamp": "Timestamp and evidence",
    "not-examined": "not examined",
    "passed-over": "Passed over",
    "none": "none is included",
    "iin": "IIN",
    "bin": "BIN",
    "signer": "Signer",
    "judged-at": "Judged at (proven time)",
    "judged-unproven": "Judged at (nothing proves an earlier time)",
    "verified-at": "Verified as of",
    "held-checkpoint": "Log against the checkpoint you keep",
}

# Each sub-indication of EN 319 102-1 in plain words.
MEANINGS: Final[dict[str, str]] = {
    "FORMAT_FAILURE": "it is not in the required form",
    "HASH_FAILURE": "the bytes are not those that were signed",
    "SIG_CRYPTO_FAILURE": "the signature value is wrong",
    "REVOKED": "the certificate had been revoked",
    "EXPIRED": "the certificate had expired",
    "NOT_YET_VALID": "the certificate was not valid yet",
    "SIG_CONSTRAINTS_FAILURE": "it is not the signature that was expected",
    "CHAIN_CONSTRAINTS_FAILURE": "the certificate is not fit for this",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "the chain of certificates cannot be checked",
    "CRYPTO_CONSTRAINTS_FAILURE": "the algorithm or key is not accepted",
    "NO_SIGNING_CERTIFICATE_FOUND": "the signer's certificate was not found",
    "NO_CERTIFICATE_CHAIN_FOUND": "no authority that you trust has issued the certificate",
    "REVOKED_NO_POE": "revoked; not proven whether signed before that",
    "REVOKED_CA_NO_POE": "an authority's certificate was revoked; not proven whether signed before that",
    "OUT_OF_BOUNDS_NO_POE": "expired or not yet valid; not proven when it was signed",
    "TRY_LATER": "information is missing; it may be had later",
    "NO_POE": "the evidence does not prove the time",
    "TIMESTAMP_ORDER_FAILURE": "the timestamps contradict each other",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "the algorithm is given up; not proven whether signed before that",
}


def word(key: str, language: str) -> str:
    """A word or sentence of ``WORDS`` in that language."""
    return load_catalogue(language).gettext(WORDS[key])


def meaning(sub_indication: str, language: str) -> str:
    """The meaning of a sub-indication, as part of a sentence."""
    return load_catalogue(language).gettext(MEANINGS[sub_indication])
