"""The published state of the watch: heartbeat, failing duties, rows put aside."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a watch last completed all its duties: one row for all watches."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S%z}"


class Failure(models.Model):
    """How often a duty, or a row of it, has failed in succession, its last fault, and when it is tried again."""

    duty = models.CharField(max_length=40)
    failures = models.PositiveIntegerField()
    fault = models.CharField(max_length=500)
    since = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.duty}: {self.fault}"


class FailingDuty(Failure):
    """A duty that has failed and has not succeeded since. It is not tried before ``next_try_at``."""

    duty = models.CharField(max_length=40, primary_key=True)

    class Meta:
        ordering: ClassVar = ["duty"]


class RowAside(Failure):
    """A row that a duty could not handle. The duty skips it until ``next_try_at``; the rows after it are handled.

    ``row`` is the key of the duty's object: a motion, a deadline, a copy or a prepared act.
    """

    row = models.UUIDField()

    class Meta:
        ordering: ClassVar = ["duty", "since"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["duty", "row"], name="row_aside_once")]
