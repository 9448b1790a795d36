"""The result of a verification and its texts."""

from signatures.report.report import HOSTILE, INDICATIONS, Check, Indication, Report, Signer

__all__ = ["HOSTILE", "INDICATIONS", "Check", "Indication", "Report", "Signer"]
