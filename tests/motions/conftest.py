from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.keys import Keyring
from tests.motions.world import PDF, World

__all__ = ["PDF", "World", "make_world", "storage", "world"]


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def make_world(keys: Keyring, storage: None) -> Callable[[], World]:
    return lambda: World(keys)


@pytest.fixture
def world(db: None, make_world: Callable[[], World]) -> World:
    return make_world()
