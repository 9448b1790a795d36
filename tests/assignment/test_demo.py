"""The roster of the demo's court."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import demo as people
from ecase.officers.models import Organisation
from workflows.assignment import roster
from workflows.assignment.models import Commitment, RosterEntry
from workflows.statute.catalogue import catalogue, in_force

pytestmark = pytest.mark.django_db


def test_every_judge_of_the_court_is_on_it_once_however_often_it_is_loaded() -> None:
    people.load()
    for _time in range(2):
        call_command("demo_roster")
    court = Organisation.objects.get(code="7599")
    lines = [seat.line for seat in roster.seats(court, timezone.now())]
    assert len(lines) == RosterEntry.objects.count() == 3
    assert all(lines)
    assert Commitment.objects.filter(court=court).exists()
    entries = [entry.content["data"] for entry in Entry.objects.filter(chain="system") if entry.event == "demo.loaded"]
    assert entries[1:] == [{"roster": 3}]


def test_its_specialisations_are_in_the_catalogue() -> None:
    people.load()
    call_command("demo_roster")
    kinds = catalogue(in_force()).kinds
    named = {specialisation for line in RosterEntry.objects.all() for specialisation in line.specialisations}
    assert named
    assert named <= {*kinds, *(kind.group for kind in kinds.values())}


def test_production_has_none(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_roster")
