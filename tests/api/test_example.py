"""The example client: it does what it says, imports nothing of ours, and stops when it is shown something false."""

import ast
import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.conf import settings as configured

from ecase.officers.models import Token
from tests.keys import Keyring
from tests.motions.conftest import World
from tests.motions.payloads import now_minus
from workflows.motions.models import Motion
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
PROGRAM = Path(configured.BASE_DIR) / "examples" / "prosecutor.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    specification = importlib.util.spec_from_file_location("prosecutor", PROGRAM)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules["prosecutor"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def client(example: ModuleType, world: World, wsgi: Any, told: list[str]) -> Any:
    """The prosecutor's client, talking to the application in this process."""
    key = example.Key(world.keys.p12(world.posts["prosecutor"]), "demo")
    transport = httpx.WSGITransport(wsgi)
    return example.Client("http://127.0.0.1", key, tell=told.append, transport=transport)


def test_it_imports_nothing_of_the_service() -> None:
    tree = ast.parse(PROGRAM.read_text())
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert not imported & {"api", "ecase", "signatures", "workflows", "tests", "django"}


def test_it_reads_checks_signs_and_submits(client: Any, world: World, told: list[str]) -> None:
    motion = world.filed("custody")
    session = client.sign_in()
    assert session["post"]["role"] == "prosecutor"
    assert [row["id"] for row in client.queue()] == [str(motion.pk)]

    act = client.handle(str(motion.pk))

    assert act["type"] == "agreement"
    assert world.fresh(motion).state == "assigned"
    assert list(client.queue()) == []
    assert sum("fits" in line for line in told) == motion.attachments.count()
    client.sign_out()
    assert not Token.objects.exists()


def test_it_knows_an_instant_that_was_corrected_since(client: Any, world: World) -> None:
    motion = world.filed("custody")
    field = next(
        field.key for field in motion.kind_entry.form.fields if field.type == "instant" and field.key in motion.payload
    )
    given = {"field": field, "value": now_minus(minutes=100)}
    motion = world.does(motion, ActType.CORRECTION, "author", **given)
    client.sign_in()

    assert client.open(str(motion.pk)).payload[field] == given["value"]


def test_it_leaves_to_another_office_what_that_one_is_asked(client: Any, world: World) -> None:
    kind = world.kind("custody_extension")
    step = next(step for step in kind.validity.ladder if step.levels[:1] == ("oblast",))
    motion = world.filed(kind.key, **{kind.prosecutor.step_field: step.key})
    client.sign_in()
    assert motion.consenting_id not in (None, motion.prosecution_id)

    assert [row["id"] for row in client.queue()] == [str(motion.pk)]
    assert not client.may(str(motion.pk), "agreement")


def test_a_signature_is_submitted_once_however_often_it_is_sent(client: Any, world: World, example: ModuleType) -> None:
    motion = world.filed("custody")
    client.sign_in()
    prepared = client.prepare(client.open(str(motion.pk)), "agreement", {})

    act = client.submit(prepared)

    with pytest.raises(example.RefusedByService) as caught:
        client.submit(prepared)
    # Another signature by the same key: another key of idempotency, and the act exists.
    assert caught.value.status == 409
    assert caught.value.document["problems"][0]["params"]["act"] == act["id"]


def test_a_refusal_of_the_service_is_told_in_full(client: Any, world: World, example: ModuleType) -> None:
    motion = world.filed("custody")
    client.sign_in()

    with pytest.raises(example.RefusedByService, match=r"(?s)422.*payload\.reasons"):
        client.handle(str(motion.pk), "refusal")


@pytest.mark.parametrize("part", ["payload", "motion", "case", "author", "files", "act", "previous"])
def test_it_signs_nothing_that_was_not_shown(client: Any, world: World, example: ModuleType, part: str) -> None:
    motion = world.filed("custody")
    client.sign_in()
    materials = client.open(str(motion.pk))
    prepared = client.prepare(materials, "agreement", {})
    pdf = client.http.get(prepared["pdf"]).content
    altered = json.loads(base64.b64decode(prepared["to_sign"]))
    altered[part] = {**altered[part], "surprise": 1} if part == "payload" else _falsified(altered[part])
    data = json.dumps(altered, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    prepared["to_sign"] = base64.b64encode(data).decode()
    prepared["sha256"] = example._sha256(data)

    with pytest.raises(example.DoesNotFit, match="differ from what was shown"):
        example.compare(prepared, materials, client.key.iin, {}, pdf)


def _falsified(value: Any) -> Any:
    """The same shape with other texts in it."""
    if isinstance(value, dict):
        return {key: _falsified(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_falsified(inner) for inner in value]
    return f"{value}x" if isinstance(value, str) else value


def test_a_file_that_is_not_as_listed_stops_it(
    client: Any, world: World, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    motion = world.filed("custody")
    client.sign_in()
    honest = client._send

    def swapped(method: str, url: str, **options: Any) -> httpx.Response:
        response = honest(method, url, **options)
        return (
            httpx.Response(200, content=b"something else") if "/documents/" in url and url[-2].isdigit() else response
        )

    monkeypatch.setattr(client, "_send", swapped)
    with pytest.raises(example.DoesNotFit, match="does not have the hash"):
        client.handle(str(motion.pk))
    assert world.fresh(motion).state == "submitted"


# -- the command line --------------------------------------------------------------------------------------------------


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The program as a stranger starts it: elsewhere, with nothing of ours on its path."""
    command = [sys.executable, "-I", str(PROGRAM), *options]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.django_db(transaction=True)
def test_the_whole_program_over_a_real_line(make_world: Callable[[], World], live_server: Any, tmp_path: Path) -> None:
    world = make_world()
    motion, key = world.filed("custody"), tmp_path / "key.p12"
    key.write_bytes(world.keys.p12(world.posts["prosecutor"]))

    done = run("--url", live_server.url, "--p12", str(key), "--password", "demo", "--once")

    assert done.returncode == 0, done.stderr
    assert "performed: act" in done.stdout
    assert Motion.objects.get(pk=motion.pk).state == "assigned"
    again = run("--url", live_server.url, "--p12", str(key), "--password", "demo", "--motion", str(motion.pk))
    assert again.returncode == 1
    assert "409" in again.stderr


def test_exit_codes(keys: Keyring, world: World, tmp_path: Path) -> None:
    key = tmp_path / "key.p12"
    key.write_bytes(keys.p12(world.posts["prosecutor"]))
    nowhere = "http://127.0.0.1:9"

    assert run("--url", nowhere, "--p12", str(key), "--password", "demo", "--once").returncode == 4
    assert run("--url", nowhere, "--p12", str(key), "--password", "wrong", "--once").returncode == 2
    assert run("--url", nowhere, "--p12", str(tmp_path / "none.p12"), "--once").returncode == 2
    assert run("--once").returncode == 2
