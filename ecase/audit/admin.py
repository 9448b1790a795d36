"""The log in Django's admin: to be read, never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecase.audit.models import Checkpoint, Entry


class ReadOnly(admin.ModelAdmin):
    """Nobody adds, changes or deletes here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ("id", "chain", "seq", "at", "event")
    search_fields = ("=chain",)
    fields = ("id", "chain", "seq", "at", "text", "digest")
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description=_("content"))
    def text(self, entry: Entry) -> str:
        return bytes(entry.body).decode()

    @admin.display(description=_("hash"))
    def digest(self, entry: Entry) -> str:
        return bytes(entry.hash).hex()


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly):
    list_display = ("size", "at")
    fields = ("size", "at", "note")
    readonly_fields = fields
