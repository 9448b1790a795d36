"""The peer's rows. A motion has a number as its key, since django-fsm-log keeps integers, and an id for the public."""

import uuid
from typing import Any, ClassVar

from auditlog.registry import auditlog
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django_fsm import FSMField, transition
from django_fsm_log.decorators import fsm_log_by

TEXT = 200


class Organisation(models.Model):
    code = models.CharField(max_length=20, unique=True)
    bin = models.CharField(max_length=12)
    name_kk = models.CharField(max_length=TEXT)
    name_ru = models.CharField(max_length=TEXT)

    def __str__(self) -> str:
        return self.code


class Officer(AbstractBaseUser):
    iin = models.CharField(max_length=12, unique=True)
    surname = models.CharField(max_length=TEXT)
    given_name = models.CharField(max_length=TEXT)
    patronymic = models.CharField(max_length=TEXT, blank=True)
    is_active = models.BooleanField(default=True)
    USERNAME_FIELD = "iin"
    objects = BaseUserManager["Officer"]()

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


class Post(models.Model):
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    role = models.CharField(max_length=20)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role} {self.officer_id}"


class Kind(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name_kk = models.CharField(max_length=TEXT)
    name_ru = models.CharField(max_length=TEXT)
    hours = models.PositiveIntegerField(default=48)

    def __str__(self) -> str:
        return self.code


class Case(models.Model):
    number = models.CharField(max_length=15, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    prosecution = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="persons")
    capacity = models.CharField(max_length=20)
    surname = models.CharField(max_length=TEXT)
    given_name = models.CharField(max_length=TEXT)

    def __str__(self) -> str:
        return self.surname


class Motion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        REGISTERED = "registered"
        ASSIGNED = "assigned"
        WITHDRAWN = "withdrawn"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="motions")
    kind = models.ForeignKey(Kind, models.PROTECT)
    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)
    number = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    judge = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    prosecution = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="kk")
    secret = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)
    outcome = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["prosecution", "-created_at"]),
            models.Index(fields=["organisation", "-created_at"]),
            models.Index(fields=["court", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.number}"

    @fsm_log_by
    @transition(field=state, source=State.DRAFT, target=State.SUBMITTED)
    def submit(self, by: Officer | None = None) -> None:
        pass

    @fsm_log_by
    @transition(field=state, source=State.SUBMITTED, target=State.REGISTERED)
    def register(self, by: Officer | None = None) -> None:
        pass

    @fsm_log_by
    @transition(field=state, source=State.REGISTERED, target=State.ASSIGNED)
    def assign(self, by: Officer | None = None) -> None:
        pass

    @fsm_log_by
    @transition(field=state, source=[State.SUBMITTED, State.REGISTERED, State.ASSIGNED], target=State.WITHDRAWN)
    def withdraw(self, by: Officer | None = None) -> None:
        pass


class Act(models.Model):
    """A statement about a motion: prepared with its bytes, performed by its signature. The service's own have none."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="acts")
    type = models.CharField(max_length=20)
    author = models.ForeignKey(Post, models.PROTECT, null=True)
    payload: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    cms = models.BinaryField(null=True)
    performed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"


class Deadline(models.Model):
    motion = models.ForeignKey(Motion, models.CASCADE, related_name="deadlines")
    role = models.CharField(max_length=20)
    due_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, default="running")

    def __str__(self) -> str:
        return f"{self.role} {self.due_at}"


class Notification(models.Model):
    motion = models.ForeignKey(Motion, models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    event = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.event} {self.motion_id}"


class Register(models.Model):
    """The last number that a court has given in a year."""

    court = models.ForeignKey(Organisation, models.PROTECT)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["court", "year"], name="one_register")]

    def __str__(self) -> str:
        return f"{self.court_id} {self.year}"


auditlog.register(Motion)
auditlog.register(Act, exclude_fields=["content", "cms"])
