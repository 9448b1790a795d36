"""Fixtures for the log's tests: committed rows, a separate key and a separate checkpoint folder."""

import json
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from ecase.audit import keys, sequencer, services
from tests.logs import PATIENCE

ACTOR = {"officer": "0a", "name": "Айгүл Серікқызы", "post": "0b", "role": "judge", "organisation": "123456789012"}


@pytest.fixture
def log(transactional_db, settings, tmp_path):
    """An empty log with a new key; rows are really committed."""
    settings.LOG_KEY_FILE = tmp_path / "log-key"
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"
    settings.TRUST_DIR = tmp_path / "trust"
    return keys.make()


@pytest.fixture
def case_chain():
    return f"case:{uuid.uuid4()}"


def append(chain="system", event="act.performed", **data):
    return services.append(event, chain=chain, actor=ACTOR, subject={"motion": "m1"}, data=data)


def fill(entries, *chains):
    """Append ``entries`` entries over the chains in one transaction, and wait until all are in the tree."""
    with transaction.atomic():
        made = [append(chains[number % len(chains)], number=number) for number in range(entries)]
    sequencer.settle(PATIENCE)
    return made


@contextmanager
def behind_the_back():
    """A cursor with all triggers and foreign keys disabled, as a superuser can have it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def body(entry):
    return json.loads(bytes(entry.body))
