"""The stored statute catalogue: one immutable row a version."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CatalogueVersion(models.Model):
    """The law of a jurisdiction, as data, from a day to a day (both inclusive, local time).

    A motion keeps the version under which it was filed (CPC Art. 5(1)). ``content`` is the whole catalogue as JSON,
    ``sha256`` the hex digest of its canonical bytes (RFC 8785). Rows are never changed: a correction is a new version.
    """

    jurisdiction = models.SlugField(_("jurisdiction"), max_length=16)
    version = models.CharField(_("version"), max_length=40)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.JSONField(_("content"))
    loaded_at = models.DateTimeField(_("loaded"), default=timezone.now)

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue versions")
        ordering: ClassVar = ["jurisdiction", "-valid_from", "-loaded_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "version"], name="catalogue_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="catalogue_ends_after_it_begins",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.version}"
