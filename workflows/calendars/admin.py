"""Admin pages of the calendar: one page a year with all its days; every change is in the audit log."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecase.officers.admin_base import AuditedAdmin
from workflows.calendars.differences import differences, is_known
from workflows.calendars.models import Day, Review, Year

FIXED = ("jurisdiction", "year")
SIGNED = ("review", "signed_off_by", "signed_off_at")


class YearForm(forms.ModelForm):
    """A year; comparison is offered only for countries that the package knows."""

    class Meta:
        model = Year
        fields = ("jurisdiction", "year", "zone", "utc_offset", "source", "note", "compare_with")

    def clean_compare_with(self) -> str:
        code = str(self.cleaned_data["compare_with"])
        if code and not is_known(code):
            raise ValidationError(_("The package “holidays” does not know this country."), code="unknown-country")
        return code


class DayInline(admin.TabularInline):
    model = Day
    fields = ("day", "worked", "name", "source")
    extra = 1


@admin.register(Year)
class YearAdmin(AuditedAdmin):
    form = YearForm
    inlines = (DayInline,)
    list_display = ("year", "jurisdiction", "review", "signed_off_by", "signed_off_at", "count_of_differences")
    list_filter = ("jurisdiction", "review")
    fields = (*FIXED, "zone", "utc_offset", "source", "note", "compare_with", *SIGNED, "differences")
    actions = ("sign_off",)
    fixed = FIXED
    # The sign-off is set by the action and withdrawn by any change.
    readonly_fields = (*SIGNED, "differences")

    @admin.display(description=gettext_lazy("differences from the package “holidays”"))
    def differences(self, year: Year) -> str | SafeString:
        """The differences from the package, day by day; they change nothing here."""
        if not year.pk or not year.compare_with:
            return _("not compared")
        worked = _("%(day)s is worked here and a day off in the package: %(name)s")
        off = _("%(day)s is a day off here and worked in the package: %(name)s")
        sentences = []
        for difference in differences(year.table()):
            facts = {"day": f"{difference.day:%d.%m.%Y}", "name": difference.name}
            sentences.append(((worked if difference.worked else off) % facts,))
        return format_html_join("", "<p>{}</p>", sentences) if sentences else _("none")

    @admin.display(description=gettext_lazy("differences"))
    def count_of_differences(self, year: Year) -> int:
        return len(differences(year.table()))

    @admin.action(description=gettext_lazy("Sign off: I have checked these years against their sources"))
    def sign_off(self, request: HttpRequest, queryset: QuerySet[Year]) -> None:
        """Sign off a year in the administrator's own name; the remaining differences are recorded with it."""
        post = request.post  # type: ignore[attr-defined]
        by = f"{post.officer.full_name}, {post.organisation.name('kk')}"
        for year in queryset.select_for_update():
            year.review, year.signed_off_by, year.signed_off_at = Review.REVIEWED, by, timezone.now()
            year.save(update_fields=SIGNED)
            standing = [str(difference) for difference in differences(year.table())]
            self._record(request, year, "signed_off", {"days": _days(year), "differences": standing})
            sentence = ngettext(
                "%(year)s is signed off; %(count)d day differs from the package “holidays”.",
                "%(year)s is signed off; %(count)d days differ from the package “holidays”.",
                len(standing),
            )
            self.message_user(request, sentence % {"year": year, "count": len(standing)}, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Year, form: Any, change: bool) -> None:  # type: ignore[override]
        """Records nothing when only days of the year were changed."""
        if form.changed_data:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the days, record each change (old and new value), and withdraw the sign-off."""
        year: Year = form.instance
        before = _days(year)
        super().save_related(request, form, formsets, change)
        after = _days(year)
        fields = {
            day: {"from": before.get(day), "to": after.get(day)}
            for day in sorted({*before, *after})
            if before.get(day) != after.get(day)
        }
        if fields:
            self._record(request, year, "changed", fields)
        if fields or form.changed_data:
            self._take_back(request, year)

    def _take_back(self, request: HttpRequest, year: Year) -> None:
        signed = {name: {"from": str(getattr(year, name) or ""), "to": ""} for name in SIGNED[1:]}
        was_signed, year.review = year.review == Review.REVIEWED, Review.IN_REVIEW
        year.signed_off_by, year.signed_off_at = "", None
        year.save(update_fields=SIGNED)
        if was_signed:
            self._record(request, year, "sign_off_taken_back", signed)
            self.message_user(request, _("The year has changed: it has to be signed off anew."), messages.WARNING)


def _days(year: Year) -> dict[str, str]:
    """The year's days as text, by date."""
    rows = year.days.order_by("day").values_list("day", "worked", "name", "source")
    words = {True: "worked", False: "off"}
    return {f"{day:%Y-%m-%d}": f"{words[worked]}: {name}; {source}" for day, worked, name, source in rows}
