"""Stored answers by ``Idempotency-Key``."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ecase.base import UnnamedModel
from ecase.officers.models import Post


class StoredAnswer(UnnamedModel):
    """The answer to a write, stored in the transaction of its effect: both are committed, or neither.

    ``fingerprint`` is the SHA-256 of method, path and body: the same key with another fingerprint is refused.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="stored_answers")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "key"], name="answer_once_a_key")]
