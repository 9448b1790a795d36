"""The table by which terms in days are counted: a row a year, and a row a day that differs from a normal week."""

from datetime import date
from typing import ClassVar, cast

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows import clock

OFFSET = RegexValidator(r"^[+-][0-9]{2}:[0-9]{2}\Z", _("An offset is written as +05:00."))


class Review(models.TextChoices):
    """Whether somebody has signed off the year."""

    UNREVIEWED = "unreviewed", _("unreviewed")
    IN_REVIEW = "in_review", _("in review")
    REVIEWED = "reviewed", _("signed off")


class Year(models.Model):
    """A year of a jurisdiction: the source of its days, and who signed it off.

    ``signed_off_by`` is text frozen at the sign-off; any later change withdraws the sign-off. ``compare_with`` is the
    country code under which the ``holidays`` package knows the jurisdiction; empty: nothing to compare with.
    """

    jurisdiction = models.SlugField(_("jurisdiction"), max_length=16)
    year = models.PositiveSmallIntegerField(_("year"))
    zone = models.CharField(_("time zone"), max_length=40)
    utc_offset = models.CharField(_("offset on 1 July"), max_length=6, validators=[OFFSET])
    source = models.TextField(_("source"))
    note = models.TextField(_("note"), blank=True)
    compare_with = models.CharField(
        _("compare with"), max_length=2, blank=True, help_text=_("The country's code in the package “holidays”.")
    )
    review = models.CharField(_("review"), max_length=10, choices=Review, default=Review.UNREVIEWED)
    signed_off_by = models.CharField(_("signed off by"), max_length=300, blank=True)
    signed_off_at = models.DateTimeField(_("signed off at"), null=True, blank=True)

    class Meta:
        verbose_name = _("year of the calendar")
        verbose_name_plural = _("years of the calendar")
        ordering: ClassVar = ["jurisdiction", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "year"], name="calendar_year_once"),
            models.CheckConstraint(
                name="calendar_signed_off_by_somebody",
                condition=Q(review="reviewed", signed_off_at__isnull=False, signed_off_by__gt="")
                | (~Q(review="reviewed") & Q(signed_off_at__isnull=True, signed_off_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.year}"

    def clean(self) -> None:
        """Checks that the zone is known, has the stated offset, and is the one of the other years."""
        if faults := clock.zone_faults(self.zone, self.year, self.utc_offset):
            raise ValidationError({"zone": faults})
        others = Year.objects.filter(jurisdiction=self.jurisdiction).exclude(pk=self.pk).exclude(zone=self.zone)
        if others.exists():
            raise ValidationError({"zone": _("The other years of this jurisdiction have another time zone.")})

    def table(self) -> clock.YearTable:
        """The year in the format of the clock and its files."""
        days = list(self.days.all())
        return clock.YearTable(
            jurisdiction=self.jurisdiction,
            year=self.year,
            zone=self.zone,
            utc_offset=self.utc_offset,
            source=self.source,
            review=self.review,
            note=self.note,
            compare_with=self.compare_with,
            days_off={day.day: day.name for day in days if not day.worked},
            working_weekends={day.day: day.name for day in days if day.worked},
        )


class Day(models.Model):
    """A day that differs from a normal week: a day off, or a working day at a weekend."""

    year = models.ForeignKey(Year, models.CASCADE, related_name="days", verbose_name=_("year"))
    day = models.DateField(_("day"))
    worked = models.BooleanField(_("worked"), default=False, help_text=_("A Saturday or Sunday that is worked."))
    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("If other than the year's."))

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["year", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"

    def clean(self) -> None:
        """Checks that the day is in its year."""
        # None if the form's own field is invalid.
        day = cast("date | None", self.day)
        if day and day.year != self.year.year:
            raise ValidationError({"day": _("This day belongs to another year.")})
