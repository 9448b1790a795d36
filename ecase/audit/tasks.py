"""Celery task of the sequencer."""

from celery import shared_task

from ecase.audit import sequencer


@shared_task(name="audit.sequence")
def sequence() -> int:
    """Add committed entries to the tree (idempotent)."""
    return sequencer.run_once()
