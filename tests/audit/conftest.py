"""The log's tests work on committed rows, and have a key and a checkpoint folder of their own."""

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
    """An empty log with a fresh key; rows are committed for real."""
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
    """So many entries, spread over the chains, in the tree at once: of one transaction, so that none waits alone."""
    with transaction.atomic():
        made = [append(chains[number % len(chains)], number=number) for number in range(entries)]
    sequencer.settle(PATIENCE)
    return made


@contextmanager
def behind_the_back():
    """As a superuser with all triggers and foreign keys switched off, who leaves no trace in the application."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def body(entry):
    return json.loads(bytes(entry.body))
