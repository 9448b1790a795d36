"""The admin: who comes in, what can be done there, and that all of it is in the log."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from ecase.audit.models import Entry
from ecase.officers import sign_in
from ecase.officers.models import DutyShift, Officer, Organisation, Post, Role
from tests.factories import DutyShiftFactory, OfficerFactory, OrganisationFactory, PostFactory

pytestmark = pytest.mark.django_db


def signed_in(post: Post) -> Client:
    client = Client()
    request = RequestFactory().post("/")
    request.session = client.session
    sign_in.open_session(request, post.officer, post)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    return client


@pytest.fixture
def administrator() -> Post:
    return PostFactory(administrator=True)


@pytest.fixture
def admin(administrator: Post) -> Client:
    return signed_in(administrator)


def changes() -> list[dict[str, Any]]:
    entries = (entry.content for entry in Entry.objects.filter(chain="system").order_by("seq"))
    return [entry for entry in entries if entry["event"] == "admin.changed"]


def test_the_way_in_is_the_portals_sign_in() -> None:
    answer = Client().get("/admin/officers/post/")
    assert answer.status_code == 302
    following = Client().get(answer["Location"])
    assert following["Location"] == "/sign-in/?next=%2Fadmin%2Fofficers%2Fpost%2F"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_comes_in(role: Role) -> None:
    assert signed_in(PostFactory(role=role)).get("/admin/").status_code == 302


def test_an_administrator_who_signed_in_as_a_judge_does_not_come_in(administrator: Post) -> None:
    judge = PostFactory(judge=True, officer=administrator.officer)
    assert signed_in(judge).get("/admin/").status_code == 302


def test_a_former_administrator_is_out_with_the_next_click(administrator: Post, admin: Client) -> None:
    assert admin.get("/admin/").status_code == 200
    Post.objects.filter(pk=administrator.pk).update(valid_to=timezone.now())
    assert admin.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", ["organisation", "officer", "post", "dutyshift", "absence"])
def test_lists_and_forms_open(admin: Client, model: str) -> None:
    DutyShiftFactory()
    assert admin.get(f"/admin/officers/{model}/?q=").status_code == 200
    assert admin.get(f"/admin/officers/{model}/add/").status_code == 200


def test_it_greets_by_name_and_offers_no_password(administrator: Post, admin: Client) -> None:
    page = admin.get("/admin/").content.decode()

    assert administrator.officer.short_name in page
    assert "password" not in page


def test_a_roster_names_officers_and_their_times(admin: Client) -> None:
    shift = DutyShiftFactory()
    page = admin.get("/admin/officers/dutyshift/").content.decode()

    assert shift.post.officer.full_name in page
    assert f">{timezone.localtime(shift.starts_at):%d.%m.%Y %H:%M} – " in page


def test_russian_headings_name_what_they_are_about_in_the_case_they_ask_for(admin: Client) -> None:
    """Django puts a model's name as it stands after «Выберите» and «Добавить»."""
    page = admin.get("/admin/officers/dutyshift/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Выберите период дежурства для изменения" in page
    assert "Добавить период дежурства" in page


@pytest.mark.parametrize("model", ["organisation", "officer", "post", "dutyshift", "absence"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_p_a14_every_field_has_its_name_in_the_administrators_language(
    admin: Client, model: str, language: str
) -> None:
    def labels(of: str) -> dict[str, str]:
        form = admin.get(f"/admin/officers/{model}/add/", headers={"Accept-Language": of}).context["adminform"].form
        with override(of):
            return {name: str(field.label) for name, field in form.fields.items()}

    english, shown = labels("en"), labels(language)
    assert [name for name, label in shown.items() if label.lower() == english[name].lower()] == []


def test_only_reference_data_is_there(admin: Client) -> None:
    apps = admin.get("/admin/").context["app_list"]
    models = {model["object_name"]: model["perms"] for app in apps for model in app["models"]}
    assert {"Organisation", "Officer", "Post", "DutyShift"} <= set(models)
    assert not {"Group", "Case", "Person", "Document", "Motion", "Act", "Challenge", "AuthToken", "Token"} & set(models)
    assert [name for name, may in models.items() if may["delete"]] == ["DutyShift"]


OFFICER = {
    "iin": "800101399999",
    "surname": "Самалов",
    "given_name": "Асан",
    "patronymic": "",
    "sex": "male",
    "language": "kk",
    "active": "on",
}


def test_what_is_added_and_changed_is_logged_with_its_fields(administrator: Post, admin: Client) -> None:
    assert admin.post("/admin/officers/officer/add/", OFFICER).status_code == 302
    officer = Officer.objects.get(iin=OFFICER["iin"])
    admin.post(f"/admin/officers/officer/{officer.pk}/change/", {**OFFICER, "surname": "Желов", "active": ""})
    added, changed = changes()
    assert added["actor"] == administrator.as_actor()
    assert added["subject"] == {"officer": str(officer.pk)}
    assert added["data"]["action"] == "added"
    assert changed["data"] == {
        "action": "changed",
        "fields": {
            "surname": {"from": "Самалов", "to": "Желов"},
            "active": {"from": "True", "to": "False"},
        },
    }


def test_an_iin_never_changes(admin: Client) -> None:
    officer = OfficerFactory()
    admin.post(f"/admin/officers/officer/{officer.pk}/change/", {**OFFICER, "iin": "111111111111"})
    assert Officer.objects.get(pk=officer.pk).iin == officer.iin


def post_form(officer: Officer, organisation: Organisation) -> dict[str, Any]:
    return {
        "officer": officer.pk,
        "organisation": organisation.pk,
        "role": "judge",
        "valid_from_0": "2026-01-05",
        "valid_from_1": "09:00",
    }


def test_a_post_is_given_to_somebody_else_and_never_to_oneself(administrator: Post, admin: Client) -> None:
    court = OrganisationFactory(court=True)
    other = OfficerFactory()
    assert admin.post("/admin/officers/post/add/", post_form(other, court)).status_code == 302
    assert other.posts.get().role == Role.JUDGE
    answer = admin.post("/admin/officers/post/add/", post_form(administrator.officer, court))
    assert answer.context["adminform"].form.errors.as_data()["__all__"][0].code == "own-post"
    assert administrator.officer.posts.get() == administrator


def test_ones_own_post_is_ended_by_another(administrator: Post, admin: Client) -> None:
    form = {"valid_to_0": "2020-02-01", "valid_to_1": "09:00"}
    assert admin.post(f"/admin/officers/post/{administrator.pk}/change/", form).status_code == 200
    another = PostFactory(administrator=True)
    assert admin.post(f"/admin/officers/post/{another.pk}/change/", form).status_code == 302
    assert not Post.objects.get(pk=another.pk).is_current()


def test_nothing_but_a_duty_shift_is_deleted_and_that_is_logged(admin: Client) -> None:
    shift = DutyShiftFactory()
    for model, pk in (("post", shift.post_id), ("officer", shift.post.officer_id)):
        assert admin.post(f"/admin/officers/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"/admin/officers/dutyshift/{shift.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not DutyShift.objects.exists()
    assert changes()[-1]["data"]["action"] == "deleted"
    assert changes()[-1]["data"]["fields"]["rank"] == {"from": "1", "to": None}


def test_many_shifts_are_deleted_one_by_one(admin: Client) -> None:
    shifts = [DutyShiftFactory(), DutyShiftFactory()]
    chosen = {"action": "delete_selected", "_selected_action": [shift.pk for shift in shifts], "post": "yes"}
    assert admin.post("/admin/officers/dutyshift/", chosen).status_code == 302
    assert {change["subject"]["dutyshift"] for change in changes()} == {str(shift.pk) for shift in shifts}
    assert not DutyShift.objects.exists()
