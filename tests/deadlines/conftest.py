"""Motions as rows, without the acts that would bring them there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from tests.factories import CaseFactory, investigator_of
from workflows.motions.models import Motion
from workflows.statute.catalogue import store
from workflows.statute.loading import read_folder
from workflows.statute.schema import Catalogue

MakeMotion = Callable[..., Motion]


@pytest.fixture(scope="session")
def kz() -> Catalogue:
    return read_folder(settings.STATUTE_DIR / "kz")


@pytest.fixture
def make_motion(db: None, kz: Catalogue) -> MakeMotion:
    def make(kind: str = "custody", **payload: Any) -> Motion:
        case = CaseFactory()
        bodies = {"organisation": case.organisation, "prosecution": case.prosecution, "court": case.court}
        author, law = investigator_of(case), store(kz)
        return Motion.objects.create(
            case=case, kind=kind, catalogue=law, language="kk", author=author, payload=payload, **bodies
        )

    return make
