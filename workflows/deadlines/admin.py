"""Deadlines in the admin: to be read, never written. They change by acts and by the watch alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from workflows.deadlines.explanation import explain
from workflows.deadlines.models import Deadline


@admin.register(Deadline)
class DeadlineAdmin(admin.ModelAdmin):
    list_display = ("motion", "term", "role", "state", "started_at", "due_at", "met_at")
    list_filter = ("state", "role", "term")
    date_hierarchy = "due_at"
    list_select_related = ("motion",)
    readonly_fields = ("how_counted",)

    @admin.display(description=_("How it was counted"))
    def how_counted(self, deadline: Deadline) -> str:
        return "\n".join(explain(deadline))

    def has_add_permission(self, *_args: object, **_more: object) -> bool:
        return False

    def has_change_permission(self, *_args: object, **_more: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object, **_more: object) -> bool:
        return False
