"""Numbers of the court's register and the records of draws."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.officers.models import Organisation, Post


class Register(models.Model):
    """The last number given by a court in a year. Its row is the lock that keeps the register without gaps."""

    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["court", "year"], name="one_register_a_year")]

    def __str__(self) -> str:
        return f"{self.court} {self.year}: {self.last}"


class Draw(models.Model):
    """A random draw of a judge: anybody can repeat it from the seed and the candidates.

    ``candidates`` lists officer ids in ascending order; the one with the smallest SHA-256 of ``seed:officer`` is drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="draws")
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    seed = models.CharField(max_length=32)
    candidates = models.JSONField()
    excluded = models.JSONField(default=dict)
    chosen = models.ForeignKey(Post, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.drawn_at:%Y-%m-%d %H:%M} {self.chosen}"
