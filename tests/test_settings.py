"""Every wrong setting is named before the start is refused; and the tests' own settings."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ecase import formats
from ecase.environment import Environment
from ecase.retry import pause_after
from tests.test_production import GOOD, ROOT, said, start

ASK_PREPARED = """
from django.conf import settings
database = settings.DATABASES["default"]
options = database["OPTIONS"]
print(options["server_side_binding"], options["prepare_threshold"], database["DISABLE_SERVER_SIDE_CURSORS"])
"""

# What no person means. What is not listed here gets NONSENSE.
NONSENSE = "http://soon later"
SPECIAL = {
    "SECRET_KEY": "x",
    "ECASE_INSTALLATION": "the service + the log",
    # A folder below a file.
    **dict.fromkeys(
        ("ECASE_VAR", "ECASE_MEDIA", "ECASE_TRUST_DIR", "ECASE_SERVICE_KEY", "ECASE_LOG_KEY", "ECASE_CHECKPOINT_DIR"),
        "/dev/null/ecase",
    ),
}


def documented() -> list[str]:
    """The variables of docs/reference/settings.md that the service itself reads."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    return re.findall(r"^\| `([A-Z_]+)` \|", page.partition("## Programs beside")[0], re.MULTILINE)


def test_every_setting_with_a_nonsense_value_is_named_in_one_error() -> None:
    names = documented()
    assert len(names) > 50

    line = said({**GOOD, **{name: SPECIAL.get(name, NONSENSE) for name in names}})

    assert [name for name in names if not re.search(rf"\b{name} must", line) and f"{name} is too" not in line] == []


@pytest.mark.parametrize("value", ["soon", "10,soon", "10,,60", "", "0", "-5", "1.5"])
@pytest.mark.parametrize("name", ["ECASE_OUTBOX_RETRY_SECONDS", "ECASE_SIGNATURE_RETRY_SECONDS"])
def test_pauses_are_whole_numbers(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    env = Environment(ROOT)
    env.seconds(name, default=(1, 2))

    with pytest.raises(ImproperlyConfigured, match=f"{name} must be"):
        env.finish()


def test_what_is_right_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {"A": "5, 60", "B": "https://a.example|http://b.example:81/x,https://c.example", "C": "web=7, watch=0"}
    for name, value in {**given, "D": str(tmp_path / "new" / "folder"), "E": "x@y"}.items():
        monkeypatch.setenv(name, value)
    env = Environment(ROOT)

    assert env.seconds("A", default=(1,)) == [5, 60]
    assert env.texts("B", formats.URL_GROUPS) == ["https://a.example|http://b.example:81/x", "https://c.example"]
    assert env.seconds_by_role("C", {"web": 1, "watch": 2, "worker": 3}) == {"web": 7, "watch": 0, "worker": 3}
    assert env.path("D", formats.FOLDER) == tmp_path / "new" / "folder"
    env.finish()


@pytest.mark.parametrize(
    ("given", "query", "expected"),
    [
        ({}, "", "True 5 False"),
        ({"ECASE_PREPARED_STATEMENTS": "off"}, "", "False None True"),
        ({}, "?prepare_threshold=2", "True 2 False"),
        ({"ECASE_PREPARED_STATEMENTS": "false"}, "?prepare_threshold=3&server_side_binding=true", "True 3 True"),
    ],
)
def test_statements_are_prepared_unless_told_otherwise(given: dict[str, str], query: str, expected: str) -> None:
    answer = start({**GOOD, **given, "DATABASE_URL": GOOD["DATABASE_URL"] + query}, ASK_PREPARED)

    assert answer.stdout.strip() == expected, answer.stderr


def test_a_password_is_not_repeated() -> None:
    line = said({**GOOD, "DATABASE_URL": "mysql://ecase:a-password@db.example/ecase"})

    assert "DATABASE_URL must be a postgres:// address" in line
    assert "a-password" not in line


def test_a_required_setting_must_not_be_empty() -> None:
    line = said({**GOOD, "SECRET_KEY": "", "ALLOWED_HOSTS": "", "ECASE_VAR": ""})

    assert "SECRET_KEY must be given" in line
    assert "ALLOWED_HOSTS must be given" in line
    assert "ECASE_VAR must be given" in line


def test_a_developer_needs_no_setting() -> None:
    assert start({}).stdout.split() == ["True", "False", "False"]


def test_the_last_pause_goes_on() -> None:
    assert [pause_after(attempts, [1, 5]).total_seconds() for attempts in (1, 2, 3, 99)] == [1, 5, 5, 5]


def test_tests_never_touch_an_installations_own_files() -> None:
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "tests.settings"
    for name in ("VAR_DIR", "MEDIA_ROOT", "TRUST_DIR", "SERVICE_KEY_FILE", "LOG_KEY_FILE", "CHECKPOINT_DIR"):
        path = Path(getattr(settings, name))
        assert path.is_relative_to(os.environ["ECASE_TEST_VAR"]), name
