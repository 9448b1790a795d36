"""Request counts of anonymous clients."""

from typing import ClassVar

from django.db import models

from ecase.base import UnnamedModel


class Window(UnnamedModel):
    """The requests of one client at one endpoint since ``began_at``; the row is reused for the next window.

    ``client`` is an address, or the IPv6 network of a customer.
    """

    scope = models.CharField(max_length=40)
    client = models.CharField(max_length=60)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "client"], name="limits_one_window_a_client")]
