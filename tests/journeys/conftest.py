from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecase.audit import keys as log_keys
from tests.api.conftest import call, no_throttle_history  # noqa: F401 - fixtures
from tests.motions.conftest import make_world, storage  # noqa: F401 - fixtures


@pytest.fixture
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A log with a key and a checkpoint folder of its own."""
    settings.LOG_KEY_FILE, settings.CHECKPOINT_DIR = tmp_path / "log-key", tmp_path / "checkpoints"
    log_keys.make()
    yield
    (Path(settings.TRUST_DIR) / log_keys.PUBLIC_NAME).unlink()
