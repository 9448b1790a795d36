"""The outbox in Django's admin: to be read, never written. Secrets are not shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ecase.outbox.models import Message, Notice, Subscription


class ReadOnly(admin.ModelAdmin):
    """Nobody adds, changes or deletes here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ("uuid", "topic", "key", "channel", "state", "attempts", "created_at", "delivered_at")
    list_filter = ("state", "channel")
    search_fields = ("=key", "=uuid")
    exclude = ("payload",)
    ordering = ("-id",)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("topic", "key", "organisation", "officer", "created_at")
    list_select_related = ("organisation", "officer")
    search_fields = ("=key",)
    exclude = ("payload",)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = ("organisation", "url", "active", "created_at")
    list_select_related = ("organisation",)
    exclude = ("secret",)
