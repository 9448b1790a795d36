"""The log in Django's admin: to be read, never written."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ecase.audit.models import Checkpoint, Entry


def never(*_arguments: Any) -> bool:
    """Nobody may."""
    return False


class ReadOnly(admin.ModelAdmin):
    """Nobody adds, changes or deletes here."""

    show_full_result_count = False
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display: ClassVar = ["id", "chain", "seq", "at", "event"]
    search_fields: ClassVar = ["=chain"]
    fields: ClassVar = ["id", "chain", "seq", "at", "text", "digest"]
    readonly_fields = fields
    ordering: ClassVar = ["-id"]

    @admin.display(description=_("content"))
    def text(self, entry: Entry) -> str:
        return bytes(entry.body).decode()

    @admin.display(description=_("hash"))
    def digest(self, entry: Entry) -> str:
        return bytes(entry.hash).hex()


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly):
    list_display: ClassVar = ["size", "at"]
    fields: ClassVar = ["size", "at", "note"]
    readonly_fields = fields
