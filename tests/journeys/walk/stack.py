"""Everything of ecase, started from nothing in a folder of its own, and stopped again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parents[3]
# The walk has its own servers: what the caller's environment says of others must not reach them.
FOREIGN = (
    "DATABASE_URL",
    "BROKER_URL",
    "DJANGO_SETTINGS_MODULE",
    "ECASE_TEST_VAR",
    "ECASE_PUBLIC_URL",
    "ECASE_SIGNER_URL",
)
READY_WITHIN, STOPPED_WITHIN = 180.0, 60.0


class Stack:
    """The demo of the folder ``var``: ``start``, use ``url`` and ``signer_page``, ``stop``."""

    def __init__(self, var: Path) -> None:
        self.var = var
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.env = {**kept, "ECASE_VAR": str(var)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def keys(self) -> Path:
        return self.var / "demo-pki" / "keys"

    @property
    def trust(self) -> Path:
        return self.var / "demo-pki" / "trust"

    @property
    def url(self) -> str:
        return str(self._facts()["url"])

    @property
    def signer_page(self) -> str:
        """Address of the demo signer's own page, one port above its socket."""
        address, port = str(self._facts()["signer_url"]).replace("ws://", "http://").rsplit(":", 1)
        return f"{address}:{int(port) + 1}"

    def start(self) -> None:
        """Start and wait until it is ready. ``RuntimeError`` with its last words if it does not come up."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "demo.log").open("wb") as log:
            command = [sys.executable, "-m", "ecase.embedded", "demo", "--reset"]
            self.process = subprocess.Popen(command, cwd=BASE_DIR, env=self.env, stdout=log, stderr=log)
        end = time.monotonic() + READY_WITHIN
        while not self._is_ready(self.process.pid):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the stack did not start:\n{self.last_words()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ctrl-C, and wait until everything has ended."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOPPED_WITHIN)

    def remove(self) -> None:
        """Remove what the servers keep outside of ``var`` (as root they run under an account of their own)."""
        question = "from pathlib import Path; from ecase.embedded.folder import Paths; p = Paths.of(Path.cwd())"
        done = self.without_servers("-c", f"{question}; print(p.data_dir); print(p.runtime_dir)")
        for folder in done.stdout.split():
            shutil.rmtree(folder, ignore_errors=True)

    def last_words(self) -> str:
        return (self.var / "demo.log").read_text(errors="replace")[-3000:]

    def with_servers(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the project with only the two servers beside it."""
        beside = [sys.executable, "-m", "ecase.embedded", "run", "--", sys.executable, *command]
        return subprocess.run(beside, cwd=BASE_DIR, env=self.env, capture_output=True, text=True, check=False)

    def without_servers(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a Python command of the project with no server anywhere."""
        return subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env=self.env, capture_output=True, text=True, check=False
        )

    def _is_ready(self, pid: int) -> bool:
        """Whether it is this start that is ready, and not what an earlier one has left behind."""
        facts = self._facts()
        return facts.get("pid") == pid and bool(facts.get("ready"))

    def _facts(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.var / "embedded" / "demo.lock").read_text() or "{}"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
