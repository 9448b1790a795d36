"""A new key takes over the log; what the old key signed stays valid."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from ecase.audit import checkpoints, keys, sequencer, services, verification
from ecase.audit.models import Checkpoint, Entry
from signatures.tlog import transparency
from tests.audit.conftest import fill
from tests.logs import PATIENCE
from tests.signatures.test_seals import token  # noqa: F401 - fixture


def rotate(*options: str) -> None:
    call_command("audit", "rotate-key", *options, stdout=StringIO())
    sequencer.settle(PATIENCE)


def test_old_and_new_checkpoints_are_verified(log: Any, case_chain: str) -> None:
    before = keys.signer().verifier
    fill(3, case_chain)
    old = services.checkpoint()
    rotate()
    fill(3, case_chain)
    after = keys.signer().verifier
    assert after != before
    assert keys.verifiers()[0] == after
    assert set(keys.verifiers()) == {before, after}
    assert transparency.Checkpoint.open(old, keys.verifiers()).size == 3
    assert transparency.Checkpoint.open(services.checkpoint(), [after]).size == Checkpoint.objects.first().size
    assert checkpoints.published_size() == Checkpoint.objects.first().size
    assert verification.verify().ok
    event = next(entry.content for entry in Entry.objects.all() if entry.event == "log.key_rotated")
    assert event["data"] == {"old": before.key_id.hex(), "new": after.key_id.hex()}


def test_a_foreign_key_in_the_trust_folder_is_not_ours(log: Any, settings: Any, case_chain: str) -> None:
    foreign = transparency.Signer.generate("somewhere/audit").verifier
    (settings.TRUST_DIR / "foreign.vkey").write_text(f"{foreign}\n")
    assert foreign not in keys.verifiers()


def test_the_log_signs_with_a_key_in_a_token(log: Any, case_chain: str, token: str, settings: Any) -> None:  # noqa: F811
    fill(2, case_chain)
    rotate("--token", token % "audit-log")
    fill(2, case_chain)
    assert "PRIVATE" not in Path(settings.LOG_KEY_FILE).read_text()
    assert verification.verify().ok
    with pytest.raises(ValueError, match="does not leave"):
        str(keys.signer())


def test_what_cannot_be_made_changes_nothing(log: Any) -> None:
    before = keys.signer().verifier
    with pytest.raises(CommandError, match="lacks"):
        call_command("audit", "rotate-key", "--token", "pkcs11:token=court")
    assert keys.signer().verifier == before


def test_an_exposed_key_is_refused(log: Any, settings: Any) -> None:
    settings.LOG_KEY_FILE.chmod(0o640)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        keys.rotate()
