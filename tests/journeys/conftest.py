from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import call  # noqa: F401 - fixtures
from tests.logs import separate
from tests.motions.conftest import make_world, storage  # noqa: F401 - fixtures
from tests.portal.conftest import visitor  # noqa: F401 - fixture


@pytest.fixture
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> None:
    """A log with a key and a checkpoint folder of its own."""
    separate(settings, tmp_path)
