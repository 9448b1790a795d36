"""Celery's way to the sequencer."""

from celery import shared_task

from ecase.audit import sequencer


@shared_task(name="audit.sequence")
def sequence() -> int:
    """Take in what has been committed since (idempotent)."""
    return sequencer.run_once()
