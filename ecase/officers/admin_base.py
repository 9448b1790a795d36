"""Base admin that writes every change to the audit log, in the same transaction."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from ecase.audit import services as audit

EVENT = "admin.changed"
CHAIN = "system"


class AuditedAdmin(admin.ModelAdmin):
    """Base of every admin page of the service: logs what was added, changed (from what, to what) or deleted, and by
    whom.

    Nothing can be deleted unless a subclass sets ``deletable``: reference data is ended, not deleted. ``fixed`` names
    the fields that cannot be changed after a row was added.
    """

    deletable = False
    fixed: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only where the class allows it."""
        return self.deletable and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Save, and record the fields that the form changed."""
        before = self.get_queryset(request).filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        fields = {name: {"from": _text(before, name), "to": _text(obj, name)} for name in form.changed_data}
        self._record(request, obj, "changed" if change else "added", fields)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Record the row, then delete it."""
        names = flatten_fieldsets(self.get_fieldsets(request, obj))
        fields = {name: {"from": _text(obj, name), "to": None} for name in names}
        self._record(request, obj, "deleted", fields)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete one by one, so that each is recorded."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _record(self, request: HttpRequest, obj: Model, action: str, fields: dict[str, Any]) -> None:
        audit.append(
            EVENT,
            chain=CHAIN,
            actor=request.post.as_actor(),  # type: ignore[attr-defined]
            subject={str(self.opts.model_name): str(obj.pk)},
            data={"action": action, "fields": fields},
        )


def _text(obj: Model | None, name: str) -> str | None:
    """The stored value as text: a key for a relation, never a translated name."""
    if obj is None:
        return None
    value = obj.serializable_value(name)
    return None if value is None else str(value)
