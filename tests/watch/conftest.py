"""What the tests of the watch share."""

from pathlib import Path
from typing import Any

import pytest

from tests.logs import separate
from tests.motions.conftest import make_world, storage, world  # noqa: F401 - fixtures
from workflows.watch import rounds


@pytest.fixture(autouse=True)
def log(demo_pki: Path, settings: Any, tmp_path: Path) -> None:
    """The watch signs checkpoints."""
    separate(settings, tmp_path)


@pytest.fixture(autouse=True)
def long_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A duty does all that is due at once, however busy the machine is; that it yields has tests of its own."""
    monkeypatch.setattr(rounds, "TURN_SECONDS", 600.0)
