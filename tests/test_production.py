"""O-F11: production refuses to guess, and names everything that is wrong at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecase import production

ROOT = Path(__file__).resolve().parents[1]
STRONG = "k3Yq7wPz1vNx8mRb5tGh2sDf9jLc4aEoUiXy6QnWpVrTzBgMdK"
GOOD = {
    "ECASE_MODE": "production",
    "ECASE_INSTALLATION": "ecase-test",
    "ECASE_PUBLIC_URL": "https://ecase.example",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "ecase.example",
    "DATABASE_URL": "postgres://ecase_app:secret@db.example:5432/ecase",
    "BROKER_URL": "amqp://ecase:secret@broker.example:5672/ecase",
    "ECASE_TRUST_DIR": "/etc/ecase/trust",
    "ECASE_SERVICE_KEY": "/etc/ecase/seal.pem",
    "ECASE_LOG_KEY": "/etc/ecase/log-key",
    "ECASE_CHECKPOINT_DIR": "/mnt/witness/checkpoints",
}
ASK = "from django.conf import settings as s; print(s.DEMO, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"


def start(environment: dict[str, str], question: str = ASK) -> subprocess.CompletedProcess[str]:
    """What a program says that is started with these settings and no others."""
    given = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "ecase.settings", **environment}
    return subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=120
    )


def said(environment: dict[str, str]) -> str:
    """The one line of a start that is refused."""
    done = start(environment)
    assert done.returncode != 0, done.stdout
    return done.stderr.strip().splitlines()[-1]


def test_good_settings_start() -> None:
    assert start(GOOD).stdout.split() == ["False", "True", "True"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "BROKER_URL"])
def test_servers_without_a_mode_are_no_demo(name: str) -> None:
    assert "ECASE_MODE must be given" in said({name: GOOD[name]})


def test_everything_weak_is_named_at_once() -> None:
    weak = {"SECRET_KEY": "x", "DEBUG": "true", "ALLOWED_HOSTS": "*", "ECASE_PUBLIC_URL": "http://ecase.example"}
    line = said({**GOOD, **weak, "SECURE_SSL_REDIRECT": "false", "ECASE_TSA_URL": "http://tsa.example"})

    for name in (*weak, "SECURE_SSL_REDIRECT", "ECASE_TSA_URL"):
        assert name in line


def test_everything_missing_and_wrong_is_named_at_once() -> None:
    wrong = {
        "ECASE_UPLOAD_MAX_MB": "-1",
        "ECASE_OUTBOX_RETRY_SECONDS": "10,soon",
        "ECASE_SIGN_IN_RATE": "often",
        "ECASE_LOCK_SECONDS": "wbe=5",
        "LOG_LEVEL": "chatty",
        "BROKER_URL": "sqs://",
    }
    line = said({"ECASE_MODE": "production", **wrong})

    for name in (*(set(GOOD) - {"ECASE_MODE", "BROKER_URL", "DATABASE_URL"}), *wrong):
        assert name in line


@pytest.mark.parametrize(
    ("secret", "weak"),
    [
        (STRONG, False),
        (STRONG[:49], True),
        ("ab" * 40, True),
        ("django-insecure-" + STRONG, True),
        ("demo-only" * 9, True),
    ],
)
def test_what_a_weak_secret_is(secret: str, weak: bool) -> None:
    assert production.is_weak(secret) is weak
