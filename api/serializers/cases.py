"""Cases, their persons and counsel: what is sent to enter and to correct them, and what is answered."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import OfficeShape, Output, Strict
from ecase.cases.models import Case, Counsel, Defence, FormerCounsel, Identity, Language, Person
from ecase.cases.services import CHANGERS
from ecase.officers.models import Sex
from workflows.motions.persons import persons_shown_to

REASON = "Why it is corrected. Required if something that was entered before changes; kept with the old value."
BIN = "Its BIN."
PERSON_ID = "The person's external id in this case, or the service's id of the person."


class CaseInput(Strict):
    language = serializers.CharField(max_length=2, help_text="The language of the proceedings: `kk` or `ru`.")
    qualification = serializers.CharField(max_length=250, help_text="Articles of the Criminal Code, as they are cited.")
    summary = serializers.CharField(max_length=20_000, required=False, default="", allow_blank=True)
    prosecution = serializers.CharField(max_length=12, help_text=f"The supervising prosecutor's office. {BIN}")
    court = serializers.CharField(max_length=12, help_text=f"The court of the investigating judge. {BIN}")
    investigator = serializers.CharField(
        max_length=12,
        required=False,
        default="",
        allow_blank=True,
        help_text="The IIN of the investigator, if a head of unit opens the case. Read when the case is opened only.",
    )
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True, help_text=REASON)


class PersonInput(Strict):
    capacity = serializers.ChoiceField(Person.Capacity.choices)
    form = serializers.ChoiceField(Identity.Form.choices, required=False, default=Identity.Form.NATURAL.value)
    surname = serializers.CharField(
        max_length=100, required=False, default="", allow_blank=True, help_text="The only name, if there is one only."
    )
    given_name = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    patronymic = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    legal_name = serializers.CharField(
        max_length=250, required=False, default="", allow_blank=True, help_text="The whole name of a legal person."
    )
    sex = serializers.ChoiceField([*Sex.choices, ("", "")], required=False, default="")
    birth_date = serializers.DateField(required=False, allow_null=True, default=None)
    iin = serializers.CharField(
        max_length=16, required=False, default="", allow_blank=True, help_text="The IIN; of a legal person its BIN."
    )
    paper = serializers.CharField(
        max_length=100, required=False, default="", allow_blank=True, help_text="Identity paper of a foreigner."
    )
    citizenship = serializers.CharField(
        max_length=3, required=False, default="", allow_blank=True, help_text="ISO 3166-1 alpha-3, such as `KAZ`."
    )
    address = serializers.CharField(
        max_length=250, required=False, default="", allow_blank=True, help_text="The residence."
    )
    language = serializers.CharField(
        max_length=60,
        required=False,
        default="",
        allow_blank=True,
        help_text="The language spoken by a person who does not have that of the proceedings.",
    )
    convictions = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    represented_by = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text=f"A minor's representative. {PERSON_ID}"
    )
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True, help_text=REASON)


class CounselInput(Strict):
    person = serializers.CharField(max_length=64, help_text=f"Who is defended. {PERSON_ID}")
    officer = serializers.CharField(
        max_length=12, required=False, default="", allow_blank=True, help_text="The IIN of the advocate."
    )
    participant = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text=f"A relative instead. {PERSON_ID}"
    )
    relation = serializers.ChoiceField(
        Defence.Relation.choices, required=False, default=Defence.Relation.ADVOCATE.value
    )
    appointed = serializers.BooleanField(required=False, default=False, help_text="By the body that conducts the case.")
    noticed_on = serializers.DateField(help_text="The day of the written notice of defence.")
    interests_agree = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Stated if the advocate defends another person of the case.",
    )


class CounselEnd(Strict):
    end = serializers.ChoiceField(FormerCounsel.End.choices, help_text="`removed`: by the prosecutor only.")
    reason = serializers.CharField(max_length=500)


class PersonOfCase(Output):
    id = serializers.UUIDField()
    external_id = serializers.CharField(help_text="Empty if the person was entered in the portal.")
    name = serializers.CharField(source="full_name")
    capacity = serializers.ChoiceField(Person.Capacity.choices)

    def compute(self, row: Person) -> dict[str, Any]:
        return {}


class CounselShape(Output):
    id = serializers.IntegerField()
    external_id = serializers.CharField(help_text="Empty if counsel was named in the portal.")
    person = serializers.UUIDField(source="person_id")
    name = serializers.CharField()
    relation = serializers.ChoiceField(Defence.Relation.choices)
    appointed = serializers.BooleanField()
    noticed_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField(help_text="The ETag.")

    def compute(self, row: Counsel) -> dict[str, Any]:
        return {}


class FormerCounselShape(Output):
    person = serializers.UUIDField(source="person_id")
    name = serializers.CharField()
    end = serializers.ChoiceField(FormerCounsel.End.choices)
    reason = serializers.CharField()
    ended_at = serializers.DateTimeField()

    def compute(self, row: FormerCounsel) -> dict[str, Any]:
        return {}


class PersonShape(Output):
    id = serializers.UUIDField()
    external_id = serializers.CharField()
    name = serializers.CharField(source="full_name", help_text="Of a protected person a pseudonym.")
    capacity = serializers.ChoiceField(Person.Capacity.choices)
    form = serializers.ChoiceField(Identity.Form.choices)
    surname = serializers.CharField(help_text="Like all data below, empty of a protected person.")
    given_name = serializers.CharField()
    patronymic = serializers.CharField()
    legal_name = serializers.CharField()
    sex = serializers.ChoiceField([*Sex.choices, ("", "")])
    birth_date = serializers.DateField(allow_null=True)
    iin = serializers.CharField()
    paper = serializers.CharField()
    citizenship = serializers.CharField()
    address = serializers.CharField()
    language = serializers.CharField()
    convictions = serializers.CharField()
    represented_by = serializers.UUIDField(source="represented_by_id", allow_null=True)
    revision = serializers.IntegerField(help_text="The ETag.")

    HIDDEN = (
        "surname",
        "given_name",
        "patronymic",
        "legal_name",
        "sex",
        "iin",
        "paper",
        "citizenship",
        "address",
        "language",
        "convictions",
    )

    def compute(self, row: Person) -> dict[str, Any]:
        hidden: dict[str, Any] = dict.fromkeys(self.HIDDEN, "")
        return {**hidden, "birth_date": None, "represented_by": None} if row.is_protected else {}


class CaseRecord(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    language = serializers.ChoiceField(Language.choices)
    qualification = serializers.CharField()
    summary = serializers.CharField()
    organisation = OfficeShape(help_text="The body that investigates.")
    prosecution = OfficeShape()
    court = OfficeShape()
    opened_at = serializers.DateTimeField()
    revision = serializers.IntegerField(help_text="The ETag.")
    persons = PersonOfCase(many=True, help_text="Those that the caller's post is shown.")
    counsel = CounselShape(many=True, help_text="For those who work on the case; else empty.")

    def compute(self, row: Case) -> dict[str, Any]:
        named = row.counsel.select_related("officer", "participant").order_by("named_at", "pk")
        return {
            "persons": persons_shown_to(self.post).filter(case=row),
            "counsel": named if self.post.role in CHANGERS else [],
        }
