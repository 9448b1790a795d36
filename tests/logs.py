"""An audit log of a test's own: keys, checkpoints and trust that no other process writes to."""

import shutil
from pathlib import Path
from typing import Any

from ecase.audit import keys
from ecase.audit.models import Entry
from ecase.officers.models import Post
from signatures.tlog.transparency import Verifier

# Seconds. Another test's transaction on the same server may hold the log's horizon back for as long as it runs.
PATIENCE = 400.0


def separate(settings: Any, folder: Path) -> Verifier:
    """Point the settings at a log in ``folder`` that trusts what the session trusts. Its verifier key."""
    settings.TRUST_DIR = shutil.copytree(settings.TRUST_DIR, folder / "trust")
    settings.LOG_KEY_FILE, settings.CHECKPOINT_DIR = folder / "log-key", folder / "checkpoints"
    return keys.make()


def about(subject: str, key: object) -> list[Entry]:
    """The entries that name this in their subject, the oldest first."""
    return [entry for entry in Entry.objects.order_by("pk") if entry.content["subject"].get(subject) == str(key)]


def done_by(post: Post) -> list[Entry]:
    """What the officer in this post has done, the oldest first."""
    return [entry for entry in Entry.objects.order_by("pk") if entry.content["actor"].get("post") == str(post.pk)]
