"""Proof of when a signature existed: timestamps, renewals, and the record that stores them."""

from signatures.evidence.record import NO_SOURCES, Evidence, Renewal, Sources, Step

__all__ = ["NO_SOURCES", "Evidence", "Renewal", "Sources", "Step"]
