"""Motions that lie with a judge, as the tests of motions make them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures
from workflows.motions.models import Motion


@pytest.fixture
def custody(world: World) -> Motion:  # noqa: F811
    """A custody motion with the judge, who has opened the materials."""
    return world.opened(world.assigned("custody"), "judge")


@pytest.fixture
def pending(world: World) -> Callable[..., Motion]:  # noqa: F811
    """A motion of any kind with the judge, who has opened the materials."""

    def make(kind: str, language: str = "kk", **given: Any) -> Motion:
        type(world.case).objects.filter(pk=world.case.pk).update(language=language)
        world.case.refresh_from_db()
        return world.opened(world.assigned(kind, **given), "judge")

    return make
