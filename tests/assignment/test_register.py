"""Numbers of the court's register: none missing, none twice, whatever happens at the same time."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from ecase.officers.models import Organisation
from tests.factories import OrganisationFactory
from tests.threads import together
from workflows.assignment.models import Register
from workflows.assignment.services import next_number

IN_2026 = datetime(2026, 12, 31, 18, 59, tzinfo=UTC)
IN_2027 = datetime(2026, 12, 31, 19, 0, tzinfo=UTC)


def counted(number: str) -> int:
    return int(number.rsplit("-", 1)[1])


def test_every_court_and_year_counts_for_itself(court: Organisation) -> None:
    other = OrganisationFactory(court=True)
    assert [next_number(court, IN_2026) for _time in range(2)] == [f"{court.code}-26-1", f"{court.code}-26-2"]
    assert next_number(other, IN_2026) == f"{other.code}-26-1"


def test_the_year_changes_at_the_courts_midnight(court: Organisation) -> None:
    next_number(court, IN_2026)
    assert next_number(court, IN_2027) == f"{court.code}-27-1"


def test_a_rollback_gives_the_number_back(court: Organisation) -> None:
    with transaction.atomic():
        next_number(court, IN_2026)
        transaction.set_rollback(True)
    assert counted(next_number(court, IN_2026)) == 1


@pytest.mark.django_db(transaction=True)
def test_no_gap_and_no_number_twice_when_many_register_and_some_fail(court: Organisation) -> None:
    def register(clerk: int) -> list[int]:
        kept = []
        for attempt in range(12):
            with transaction.atomic():
                number = counted(next_number(court, IN_2026))
                if (clerk + attempt) % 3 == 0:
                    transaction.set_rollback(True)
                else:
                    kept.append(number)
        return kept

    kept = together(*(lambda clerk=clerk: register(clerk) for clerk in range(6)))
    assert sorted(number for numbers in kept for number in numbers) == list(range(1, 6 * 8 + 1))
    assert Register.objects.get(court=court, year=2026).last == 48
