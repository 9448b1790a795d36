"""Settings of the tests: the service's own, with a data folder that lives as long as the test session."""

import atexit
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from ecase.embedded import ports
from ecase.embedded_addresses import SUPERUSER, broker_url, database_url

# The servers that are running for this folder, whatever data folder the tests get.
os.environ.setdefault("DATABASE_URL", database_url(Path(__file__).parents[1], SUPERUSER))
os.environ.setdefault("BROKER_URL", broker_url(Path(__file__).parents[1]))
if "ECASE_TEST_VAR" not in os.environ:
    # The first process of a session makes the folder; xdist's workers inherit its name and share it.
    _folder = tempfile.mkdtemp(prefix="ecase-test-")
    os.environ["ECASE_TEST_VAR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["ECASE_VAR"] = os.environ["ECASE_TEST_VAR"]
os.environ["ECASE_MODE"] = "demo"
for _name in ("ECASE_MEDIA", "ECASE_TRUST_DIR", "ECASE_SERVICE_KEY", "ECASE_LOG_KEY", "ECASE_CHECKPOINT_DIR"):
    os.environ.pop(_name, None)

# A signer's port for each process: the page may only connect to the address in its content security policy.
os.environ["ECASE_SIGNER_URL"] = f"ws://127.0.0.1:{ports.first_free(13700 + os.getpid() % 1000 * 2, in_a_row=2)}"

from ecase.settings import *  # noqa: E402, F403
from ecase.settings import STORAGES  # noqa: E402

# The pages' files are found where they lie: what a demo in this folder has collected is not looked at.
STATIC_ROOT = Path(os.environ["ECASE_VAR"]) / "static-root"
STATIC_ROOT.mkdir(exist_ok=True)
# Tests travel in time, and the database does not come along; `tests/watch/test_clocks.py` sets the bound that counts.
CLOCK_BOUND = timedelta(days=36500)
# The manifest is made by `collectstatic`, which a test run does not need.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
