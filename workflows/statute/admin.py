"""The catalogue in the admin: to be read. A change is a new version in ``fixtures/statute``, loaded by command."""

from django.contrib import admin

from workflows.statute.models import CatalogueVersion


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(admin.ModelAdmin):
    list_display = ("jurisdiction", "version", "valid_from", "valid_to", "loaded_at")
    list_filter = ("jurisdiction",)

    def has_add_permission(self, *_args: object, **_more: object) -> bool:
        return False

    def has_change_permission(self, *_args: object, **_more: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object, **_more: object) -> bool:
        return False
