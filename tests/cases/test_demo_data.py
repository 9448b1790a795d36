"""The fictional court: complete, loaded once however often, with keys that open the door."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.management import CommandError, call_command

from ecase.audit.models import Entry
from ecase.cases import demo, participation
from ecase.cases.models import Case, Participation, Person
from ecase.officers.models import DutyShift, Officer, Organisation, Post, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def printed(capsys: Any, *options: str) -> Any:
    call_command("demo_data", *options)
    return json.loads(capsys.readouterr().out)


def everything() -> list[Any]:
    models = (Organisation, Officer, Post, DutyShift, Case, Person, Participation, Entry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_loading_twice_changes_nothing(var: Path, capsys: Any) -> None:
    first = printed(capsys)
    before, keys = everything(), {path: path.read_bytes() for path in (var / "demo-pki" / "keys").glob("*.p12")}
    assert printed(capsys) == first
    assert everything() == before
    assert {path: path.read_bytes() for path in keys} == keys


def test_there_is_somebody_for_every_step(var: Path, capsys: Any) -> None:
    visitors = printed(capsys)
    roles = [visitor["role"] for visitor in visitors]
    expected = {
        "investigator": 3,
        "head_of_unit": 2,
        "prosecutor": 4,
        "judge": 6,
        "court_chair": 1,
        "clerk": 1,
        "defender": 2,
    }
    assert {role: roles.count(role) for role in expected} == expected
    assert {"auditor", "administrator"} <= set(roles)
    assert set(visitors[0]) == {"name", "role", "organisation", "iin", "language"}
    assert printed(capsys, "--list") == visitors


def test_cases_have_their_persons_and_teams(var: Path, capsys: Any) -> None:
    printed(capsys)
    assert sorted(Case.objects.values_list("language", flat=True)) == ["kk", "kk", "kk", "ru"]
    for case in Case.objects.all():
        assert {"suspect", "owner"} <= set(case.persons.values_list("capacity", flat=True))
        assert case.counsel.get().person.capacity == "suspect"
        for member in case.team.all():
            assert participation.role_of(case, member.officer) == Role.INVESTIGATOR


def test_somebody_is_on_duty_all_the_time_and_somebody_else_next(var: Path, capsys: Any) -> None:
    printed(capsys)
    shifts = DutyShift.objects.filter(post__role=Role.JUDGE, rank=1).order_by("starts_at")
    assert len({shift.post_id for shift in shifts}) == 3
    for shift, following in pairwise(shifts):
        assert shift.ends_at == following.starts_at
        assert DutyShift.objects.filter(starts_at=shift.starts_at, post__role=Role.JUDGE).count() == 3


def test_everybody_has_a_key_of_that_name_and_body(var: Path, capsys: Any) -> None:
    for visitor in printed(capsys):
        packed = (var / "demo-pki" / "keys" / f"{visitor['iin']}.p12").read_bytes()
        subject = pkcs12.load_pkcs12(packed, b"demo").cert.certificate.subject.rfc4514_string()
        post = Post.objects.get(officer__iin=visitor["iin"])
        assert f"IIN{visitor['iin']}" in subject
        assert f"BIN{post.organisation.bin}" in subject


def test_people_are_named_before_anything_is_loaded(capsys: Any) -> None:
    people = printed(capsys, "--people")
    assert len(people) == 21
    names = {"iin", "bin", "surname", "given_name", "patronymic", "organisation", "organisation_shown", "role"}
    assert set(people[0]) == names
    assert not Officer.objects.exists()


def test_production_has_no_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_data")


def control_digit(iin: str) -> int:
    digits = [int(digit) for digit in iin]
    for weights in (range(1, 12), [*range(3, 12), 1, 2]):
        control = sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11
        if control < 10:
            return control
    return -1


def test_no_number_can_be_a_living_persons() -> None:
    persons = [person for case in demo._read("cases") for person in case["persons"]]
    for holder in [*demo._read("officers"), *persons]:
        assert len(holder["iin"]) == 12
        assert int(holder["iin"][-1]) != control_digit(holder["iin"])
