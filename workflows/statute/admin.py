"""The catalogue in the admin, read-only. A change is a new version in ``fixtures/statute``, loaded by command."""

from django.contrib import admin

from ecase.audit.read_only_admin import ReadOnlyAdmin
from workflows.statute.models import CatalogueVersion


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(ReadOnlyAdmin):
    list_display = ("jurisdiction", "version", "valid_from", "valid_to", "loaded_at")
    list_filter = ("jurisdiction",)
