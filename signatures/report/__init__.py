"""What a verification says, and in which words."""

from signatures.report.verdict import HOSTILE, INDICATIONS, Check, Indication, Report, Signer

__all__ = ["HOSTILE", "INDICATIONS", "Check", "Indication", "Report", "Signer"]
