"""What the tests of the watch share."""

from pathlib import Path
from typing import Any

import pytest

from tests.logs import separate
from tests.motions.conftest import make_world, storage, world  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def log(demo_pki: Path, settings: Any, tmp_path: Path) -> None:
    """The watch signs checkpoints."""
    separate(settings, tmp_path)
