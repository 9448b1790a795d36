"""The tests' own settings."""

import os
from pathlib import Path

from django.conf import settings


def test_tests_never_touch_an_installations_own_files() -> None:
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "tests.settings"
    for name in ("VAR_DIR", "MEDIA_ROOT", "TRUST_DIR", "SERVICE_KEY_FILE", "LOG_KEY_FILE", "CHECKPOINT_DIR"):
        path = Path(getattr(settings, name))
        assert path.is_relative_to(os.environ["ECASE_TEST_VAR"]), name
