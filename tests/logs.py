"""An audit log of a test's own: keys, checkpoints and trust that no other process writes to."""

import shutil
from pathlib import Path
from typing import Any

from ecase.audit import keys
from signatures.transparency import Verifier

# Seconds. Another test's transaction on the same server may hold the log's horizon back for as long as it runs.
PATIENCE = 400.0


def separate(settings: Any, folder: Path) -> Verifier:
    """Point the settings at a log in ``folder`` that trusts what the session trusts. Its verifier key."""
    settings.TRUST_DIR = shutil.copytree(settings.TRUST_DIR, folder / "trust")
    settings.LOG_KEY_FILE, settings.CHECKPOINT_DIR = folder / "log-key", folder / "checkpoints"
    return keys.make()
