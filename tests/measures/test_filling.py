"""The register of motions that were decided before there was one, and its comparison with the acts."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ecase.audit.derivation import Tally
from tests.measures.holding import require_register
from tests.motions.world import World
from tests.past_guards import past_guards
from workflows.measures.models import Measure, MeasureChange
from workflows.motions.models import Motion
from workflows.motions.states import ActType
from workflows.motions.verifying import checks
from workflows.statute.models import CatalogueVersion
from workflows.watch import duties

pytestmark = pytest.mark.django_db
FILLING = import_module("workflows.motions.migrations.0017_fill_measures")
Lines = tuple[list[Any], list[Any]]


@pytest.fixture
def lives(world: World) -> list[Motion]:
    """A custody that was prolonged, one that was lifted, a suspended suspension, another measure; and a search."""
    extension = world.assigned("custody_extension")
    world.act(extension, ActType.PROTOCOL, "judge", world.decision(extension, "extended"))
    motions = [world.decided(kind, "sanctioned") for kind in ("custody", "suspension", "search")]
    motions.append(world.decided("custody", "other_measure"))
    duties.deliver_decisions(timezone.now())
    lifted, suspended, *_rest = map(world.fresh, motions)
    world.does(world.does(lifted, ActType.LIFTING, "author"), ActType.LIFTING_CONSENT, "prosecutor")
    world.does(suspended, ActType.APPEAL, "prosecutor")
    return [world.fresh(motion) for motion in [*motions, extension, extension.earlier or extension]]


@pytest.fixture
def fill() -> Callable[[], None]:
    """The migration, with models of its own time."""
    at = [("motions", "0017_fill_measures"), ("measures", "0001_initial")]
    historical = MigrationExecutor(connection).loader.project_state(at).apps
    return lambda: FILLING.fill(historical, None)


def lines() -> Lines:
    columns = [field.attname for field in Measure._meta.concrete_fields if field.name != "id"]
    changes = MeasureChange.objects.order_by("act__entry", "measure__begun_by")
    return (
        list(Measure.objects.order_by("begun_by__entry").values_list(*columns)),
        list(changes.values_list("measure__begun_by", "act", "what", "since", "until", "at")),
    )


def empty_register() -> None:
    with past_guards() as cursor:
        cursor.execute("DELETE FROM measures_measurechange")
        cursor.execute("DELETE FROM measures_measure")


@pytest.mark.parametrize("batch", [1, 200])
def test_it_is_filled_as_it_would_have_been_kept(
    lives: list[Motion], fill: Callable[[], None], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    kept = lines()
    assert [len(part) for part in kept] == [4, 7]
    empty_register()
    monkeypatch.setattr(FILLING, "BATCH", batch)

    fill()
    fill()

    assert lines() == kept
    for motion in lives:
        require_register(motion)


def test_a_law_from_before_that_names_no_measures_is_read_by_the_names_of_today(
    lives: list[Motion], fill: Callable[[], None], world: World
) -> None:
    kept = lines()
    empty_register()
    older = json.loads(json.dumps(CatalogueVersion.objects.get(pk=lives[0].catalogue_id).content))
    del older["measures"]
    for outcome in (outcome for kind in older["kinds"].values() for outcome in kind["outcomes"]):
        outcome.pop("measure", None)
        outcome.pop("measure_by", None)
    about = {"jurisdiction": older["jurisdiction"], "version": "older", "valid_from": "2020-01-01", "sha256": "0" * 64}
    version = CatalogueVersion.objects.create(content={**older, "version": "older"}, **about)
    with past_guards():
        Motion.objects.update(catalogue=version)

    fill()

    assert lines() == kept


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("UPDATE measures_measure SET until = NULL WHERE key = 'custody' AND until IS NOT NULL", "differs"),
        ("UPDATE measures_measure SET state = 'in_force' WHERE state = 'suspended'", "differs"),
        ("DELETE FROM measures_measure WHERE key = 'suspension'", "missing"),
    ],
)
def test_whoever_writes_past_the_guards_is_found_out(lives: list[Motion], written: str, fault: str) -> None:
    def found() -> set[str]:
        return {row.code for row in checks.motions(Tally()) if row.table == Measure._meta.db_table}

    assert found() == set()
    with past_guards() as cursor:
        cursor.execute("DELETE FROM measures_measurechange")
        cursor.execute(written)
    assert found() == {fault}
