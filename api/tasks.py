"""What is tidied up behind the callers' backs."""

from celery import shared_task
from django.utils import timezone

from api import idempotency


@shared_task(name="api.forget_answers")
def forget_answers() -> int:
    """Drop stored answers whose keys have run out. Returns how many."""
    return idempotency.forget_expired(timezone.now())
