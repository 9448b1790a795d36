"""The walk of ``make walk``, as a test: the same program, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import chromium_or_skip
from tests.journeys.walk.stack import BASE_DIR

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_main_job_from_nothing_to_verified_evidence() -> None:
    chromium_or_skip()
    command = [sys.executable, "-m", "tests.journeys.walk"]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False, env=dict(os.environ))

    output = Path(BASE_DIR) / "tests" / "output"
    output.mkdir(exist_ok=True)
    (output / "walk.txt").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "python -m signatures verify: TOTAL_PASSED" in done.stdout
    assert "CMS Verification successful" in done.stdout
    assert " 10. " in done.stdout
