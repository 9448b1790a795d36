"""What proves since when a signature exists: timestamps, renewals, the record that is kept."""

from signatures.evidence.record import NO_SOURCES, Evidence, Renewal, Sources, Step

__all__ = ["NO_SOURCES", "Evidence", "Renewal", "Sources", "Step"]
