"""One installation for all tests of this folder: it takes a minute to make."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_servers import authority
from tests.real_servers.installation import Installation


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """The page, followed; everything it has started is stopped at the end."""
    root = Path(tempfile.mkdtemp(prefix="ecase-real-"))
    root.chmod(0o711)
    with pytest.MonkeyPatch.context() as patched:
        made = Installation(root, authority.make(root / "authority", patched))
    try:
        made.follow()
        yield made
    finally:
        made.stop()
        shutil.rmtree(root, ignore_errors=True)
