"""Motions as rows, without the acts that would bring them there."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import CaseFactory, investigator_of
from tests.law import law_of, row_of
from workflows.motions.models import Motion
from workflows.statute.schema import Catalogue

MakeMotion = Callable[..., Motion]


@pytest.fixture(scope="session")
def kz() -> Catalogue:
    return law_of("kz")


@pytest.fixture
def make_motion(db: None, kz: Catalogue) -> MakeMotion:
    def make(kind: str = "custody", **payload: Any) -> Motion:
        case = CaseFactory()
        bodies = {"organisation": case.organisation, "prosecution": case.prosecution, "court": case.court}
        author, law = investigator_of(case), row_of(kz)
        return Motion.objects.create(
            case=case, kind=kind, catalogue=law, language="kk", author=author, payload=payload, **bodies
        )

    return make
