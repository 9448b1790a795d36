"""An installation that is made by following ``docs/how-to/run-on-real-servers.md``, block by block."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from signatures.demo.pki import DemoPki
from tests.embedded.launchers import BASE_DIR, wait_for
from tests.real_servers import authority
from tests.real_servers.page import Block, blocks
from tests.real_servers.servers import (
    PATIENCE,
    SUPERUSER_PASSWORD,
    Nginx,
    Postgres,
    RabbitMQ,
    free_port,
    postgres_folder,
    program,
)

PAGE = BASE_DIR / "docs" / "how-to" / "run-on-real-servers.md"
SHIPPED = BASE_DIR / "deploy" / "nginx" / "ecase.conf"
# What is done elsewhere: packages are installed already, and everything is one user's.
NOT_RUN = frozenset({"console"})
HOOKS = frozenset({"the authority answers with seal.crt, the trust folder is filled, tls is issued"})


@dataclass
class Installation:
    """Folder, servers and programs of one run through the page."""

    root: Path
    pki: DemoPki
    web: int = field(default_factory=free_port)
    ran: list[str] = field(default_factory=list)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tools = self.root / "bin"
        self.tools.mkdir()
        self.postgres, self.rabbitmq, self.nginx = Postgres(self.root), RabbitMQ(self.root), Nginx(self.root)

    # -- what the page names, here -------------------------------------------------------------------------------------

    def here(self, text: str) -> str:
        """The text of the page or of a shipped file with this run's folders and ports."""
        for named, ours in self._places():
            text = text.replace(named, ours)
        return text

    def _places(self) -> Iterator[tuple[str, str]]:
        yield "/etc/ecase", f"{self.root}/etc"
        yield "/var/lib/ecase", f"{self.root}/var"
        yield "/mnt/witness", f"{self.root}/witness"
        yield "/opt/ecase", str(BASE_DIR)
        yield "db.example:5432", f"127.0.0.1:{self.postgres.port}"
        yield "broker.example:5672", f"127.0.0.1:{self.rabbitmq.port}"
        yield "127.0.0.1:8000", f"127.0.0.1:{self.web}"
        yield "--port 8000", f"--port {self.web}"
        yield "ecase.example:443", f"ecase.example:{self.nginx.tls}"
        yield "https://ecase.example", f"https://ecase.example:{self.nginx.tls}"

    @property
    def env(self) -> dict[str, str]:
        """A shell that knows nothing of ecase but finds the servers' programs."""
        path = os.pathsep.join([str(self.tools), str(postgres_folder()), os.environ["PATH"], "/usr/sbin"])
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "PATH": path, "PGCONNECT_TIMEOUT": "10"}

    @property
    def settings(self) -> dict[str, str]:
        """What the page's file of settings says: the environment of every program (systemd's EnvironmentFile)."""
        lines = (self.root / "etc" / "ecase.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line)

    # -- running -------------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Do all that the page says."""
        self.postgres.initialise()
        self.postgres.start()
        self.rabbitmq.start(self.tools)
        self.nginx.configure(self.here(SHIPPED.read_text()), self.tools)
        for block in blocks(PAGE):
            if block.language not in NOT_RUN:
                self._do(block)

    def _do(self, block: Block) -> None:
        text, name = self.here(block.text), block.given.get("program", "")
        self.ran.append(block.text)
        if block.language == "hook":
            self._answer(block.text)
        elif "file" in block.given:
            Path(self.here(block.given["file"])).write_text(text)
        elif block.language == "sql":
            self._sql(text)
        elif name in ("web", "worker", "webhooks", "beat", "watch"):
            self._start(name, text)
        elif "eventually" in block.given:
            wait_for(lambda: self.shell(text).returncode == 0, PATIENCE)
        else:
            done = self.shell(text)
            assert (done.returncode != 0) is ("fails" in block.given), f"{text}\n{done.stdout}{done.stderr}"

    def shell(self, text: str) -> subprocess.CompletedProcess[str]:
        """A block of commands, of which each has to succeed."""
        command = ["bash", "-euo", "pipefail", "-c", text]
        return subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, text=True, check=False, timeout=4 * PATIENCE
        )

    def _answer(self, wanted: str) -> None:
        assert wanted in HOOKS
        etc = self.root / "etc"
        authority.answer(self.pki, etc / "seal.csr", etc / "seal.crt")
        authority.fill_trust(self.pki, etc / "trust")
        authority.issue_tls(etc / "tls")

    def _sql(self, text: str) -> None:
        url = f"postgres://postgres:{SUPERUSER_PASSWORD}@127.0.0.1:{self.postgres.port}/postgres"
        command = [str(program("psql", postgres_folder())), "-qX", "-v", "ON_ERROR_STOP=1", url]
        subprocess.run(command, input=text, text=True, env=self.env, check=True, timeout=PATIENCE)

    def _start(self, name: str, text: str) -> None:
        with (self.root / f"{name}.log").open("wb") as log:
            self.programs[name] = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", text.replace("\n.venv", "\nexec .venv")],
                env={**self.env, **self.settings},
                cwd=self.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> str:
        """What a program has written so far."""
        return (self.root / f"{name}.log").read_text()

    def stop(self) -> None:
        """End everything that was started, whatever has become of it."""
        for process in self.programs.values():
            process.terminate()
        for process in self.programs.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.nginx.stop(self.tools)
        self.rabbitmq.stop()
        self.postgres.stop()
