"""The base of models that no page names."""

from django.db import models


class UnnamedModel(models.Model):
    """A model of which no page, list or message shows a row by name: model and key are enough for whoever debugs it."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.object_name} {self.pk}"
