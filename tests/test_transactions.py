"""One transaction for a request: undone as a whole, and written table by table."""

from typing import Any

import pytest

from ecase.officers.models import Organisation
from ecase.problems import Conflict, Problem
from ecase.transactions import (
    after_rollback,
    undone_on_refusal,
    write_collected,
    write_together,
    written_together,
)
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
REFUSAL = Conflict(Problem("no", "No."))


def test_a_refusal_in_an_inner_block_undoes_the_outer_one_and_is_recorded_after_it() -> None:
    seen: list[int] = []

    def refused() -> None:
        with undone_on_refusal():
            OrganisationFactory()
            with undone_on_refusal():
                OrganisationFactory()
                after_rollback(lambda: seen.append(Organisation.objects.count()))
                assert seen == []
                raise REFUSAL

    with pytest.raises(Conflict):
        refused()

    assert seen == [0]


def test_a_refusal_that_is_answered_inside_is_recorded_and_the_rest_stays() -> None:
    seen: list[int] = []

    with undone_on_refusal():
        OrganisationFactory()
        after_rollback(lambda: seen.append(Organisation.objects.count()))

    assert seen == [1]


def test_another_fault_discards_the_records_too() -> None:
    seen: list[str] = []

    def failing() -> None:
        with undone_on_refusal():
            OrganisationFactory()
            after_rollback(lambda: seen.append("record"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()

    assert (seen, Organisation.objects.count()) == ([], 0)
    after_rollback(lambda: seen.append("outside"))
    assert seen == ["outside"]


def test_rows_are_written_once_at_the_end_by_one_call() -> None:
    calls: list[list[Any]] = []
    first, second = ["first"], ["second"]

    with written_together():
        write_together(calls.append, first)
        with written_together():
            write_together(calls.append, second)
            write_together(calls.append, first)
        assert calls == []

    assert calls == [[first, second]]


def test_rows_are_written_before_they_are_read_and_not_again() -> None:
    calls: list[list[Any]] = []
    row = ["row"]

    with written_together():
        write_together(calls.append, row)
        write_collected()
        assert calls == [[row]]
    write_together(calls.append, row)

    assert calls == [[row], [row]]


def test_rows_of_a_block_that_fails_are_not_written() -> None:
    calls: list[list[Any]] = []

    def refused() -> None:
        with written_together():
            write_together(calls.append, ["row"])
            raise REFUSAL

    with pytest.raises(Conflict):
        refused()

    assert calls == []
