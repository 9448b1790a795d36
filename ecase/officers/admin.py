"""Admin of reference data: organisations, officers, their posts, duty rosters."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers import trust_admin  # noqa: F401 - registers its pages
from ecase.officers.admin_base import AuditedAdmin
from ecase.officers.models import Absence, DutyShift, Officer, Organisation, Post

# Roles come from posts; Django's groups are not used.
admin.site.unregister(Group)


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    list_display = ("bin", "code", "kind", "name_kk", "name_ru")
    list_filter = ("kind",)
    search_fields = ("bin", "code", "name_kk", "name_ru", "name_en")
    autocomplete_fields = ("parent",)


@admin.register(Officer)
class OfficerAdmin(AuditedAdmin):
    list_display = ("surname", "given_name", "patronymic", "iin", "active")
    list_filter = ("active",)
    search_fields = ("iin", "surname", "given_name")
    fields = ("iin", "surname", "given_name", "patronymic", "sex", "language", "active")
    # An officer's IIN is his or her identity.
    fixed = ("iin",)


class PostForm(forms.ModelForm):
    """A post. Administrators may not give one to themselves."""

    administrator: ClassVar[Officer]

    class Meta:
        model = Post
        fields = ("officer", "organisation", "role", "valid_from", "valid_to")

    def clean(self) -> dict[str, Any]:
        """Four eyes: another administrator has to give, change or end an administrator's own post."""
        cleaned = super().clean() or {}
        if self.administrator.pk in (self.instance.officer_id, getattr(cleaned.get("officer"), "pk", None)):
            raise ValidationError(_("Another administrator has to change your own posts."), code="own-post")
        return cleaned


@admin.register(Post)
class PostAdmin(AuditedAdmin):
    form = PostForm
    list_display = ("officer", "role", "organisation", "valid_from", "valid_to")
    list_filter = ("role", "organisation")
    list_select_related = ("officer", "organisation")
    search_fields = ("officer__iin", "officer__surname", "organisation__bin")
    autocomplete_fields = ("officer", "organisation")
    # Acts name their author's post, so a post is ended and replaced, never changed into another.
    fixed = ("officer", "organisation", "role", "valid_from")

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, with the current administrator."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"administrator": request.user})


class OfPostAdmin(AuditedAdmin):
    """A period of a post, in few columns: Django's long dates would make the lists wider than their window."""

    @admin.display(description=_("officer"), ordering="post__officer__sort_key")
    def who(self, of_post: DutyShift | Absence) -> str:
        return f"{of_post.post.officer.full_name}, {of_post.post.title}"

    @admin.display(description=_("time"), ordering="starts_at")
    def when(self, of_post: DutyShift | Absence) -> str:
        instants = (of_post.starts_at, of_post.ends_at)
        begins, ends = (timezone.localtime(at).strftime("%d.%m.%Y %H:%M") if at else "" for at in instants)
        return f"{begins} – {ends}"


@admin.register(DutyShift)
class DutyShiftAdmin(OfPostAdmin):
    deletable = True
    list_display = ("who", "when", "rank", "takes_over")
    list_filter = ("post__organisation",)
    list_select_related = ("post__officer", "post__organisation")
    date_hierarchy = "starts_at"
    autocomplete_fields = ("post",)


@admin.register(Absence)
class AbsenceAdmin(OfPostAdmin):
    list_display = ("who", "when", "ground")
    list_filter = ("post__organisation", "ground")
    list_select_related = ("post__officer", "post__organisation")
    date_hierarchy = "starts_at"
    autocomplete_fields = ("post",)
