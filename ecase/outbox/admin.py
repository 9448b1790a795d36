"""Read-only admin of subscriptions. Secrets are not shown; messages are not reference data."""

from django.contrib import admin

from ecase.audit.read_only_admin import ReadOnlyAdmin
from ecase.outbox.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "channel", "url", "active", "failures", "paused_until", "created_at")
    list_select_related = ("organisation",)
    exclude = ("secret", "previous_secret")
