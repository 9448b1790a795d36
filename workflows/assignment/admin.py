"""Admin pages of assignment: the judges' roster and declared conflicts. Draws and calls are not editable."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Case
from ecase.officers.admin_base import AuditedAdmin
from ecase.officers.models import Post, Role
from workflows.assignment import seeds
from workflows.assignment.models import Bar, BarEnd, RosterEntry
from workflows.statute.catalogue import catalogue, in_force


class RosterForm(forms.ModelForm):
    """A line of a roster that draws use."""

    class Meta:
        model = RosterEntry
        fields = ("post", "valid_from", "valid_to", "share", "specialisations")

    def clean_post(self) -> Post:
        """Accepts posts of judges only."""
        post: Post = self.cleaned_data["post"]
        if post.role != Role.JUDGE:
            raise ValidationError(_("Only judges are on a roster of judges."), code="not-a-judge")
        return post

    def clean_specialisations(self) -> list[str]:
        """Accepts kinds and groups of the catalogue in force; the error names every other one."""
        named: list[str] = self.cleaned_data["specialisations"]
        kinds = catalogue(in_force()).kinds
        known = {*kinds, *(kind.group for kind in kinds.values())}
        message = _("The statute catalogue knows no kind and no group “%(name)s”.")
        if unknown := [ValidationError(message, params={"name": name}) for name in named if name not in known]:
            raise ValidationError(unknown)
        return named


@admin.register(RosterEntry)
class RosterEntryAdmin(AuditedAdmin):
    form = RosterForm
    list_display = ("post", "share", "specialisations", "valid_from", "valid_to")
    list_filter = ("post__organisation",)
    list_select_related = ("post__officer", "post__organisation")
    autocomplete_fields = ("post",)
    fixed = ("post",)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save; commit to the nonce of the first draw of a court that gets its first roster."""
        super().save_model(request, obj, form, change)
        seeds.commit(obj.post.organisation)


class BarForm(forms.ModelForm):
    """A declared conflict."""

    # By its number: the admin does not list cases.
    case = forms.ModelChoiceField(
        Case.objects.all(),
        to_field_name="number",
        widget=forms.TextInput,
        label=_("case"),
        required=False,
        error_messages={"invalid_choice": _("There is no case of this number.")},
    )

    class Meta:
        model = Bar
        fields = ("officer", "ground", "case", "iin")


class AppendOnlyAdmin(AuditedAdmin):
    """Rows can be added, with the post that added them, and never changed. ``author`` names the field of that post."""

    author: ClassVar[str]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows are read-only."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for other reference data."""
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save in the name of the administrator's post."""
        setattr(obj, self.author, request.post)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)


@admin.register(Bar)
class BarAdmin(AppendOnlyAdmin):
    form = BarForm
    author = "declared_by"
    list_display = ("officer", "ground", "declared_at", "end")
    list_filter = ("ground",)
    list_select_related = ("officer", "end")
    search_fields = ("officer__surname", "officer__iin")
    autocomplete_fields = ("officer",)


@admin.register(BarEnd)
class BarEndAdmin(AppendOnlyAdmin):
    author = "ended_by"
    fields = ("bar", "reason")
    list_display = ("bar", "reason", "ended_at")
    list_select_related = ("bar__officer",)
    autocomplete_fields = ("bar",)
