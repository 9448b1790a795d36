"""The demo signer in its own process, used over a real WebSocket and its page."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from signatures import DEFAULT, Expected, Report, TrustStore, verify
from signatures.asn1 import oids
from signatures.cms import parse
from signatures.demo import pki as demo_pki
from signatures.evidence.timestamps import verify_token
from tests.signatures.test_demo_pki import FIRST, SECOND

ROOT = Path(__file__).parents[2]
PAGE = "http://127.0.0.1:8000"
DOCUMENT = b'{"to":"sign"}'
BASICS, UTILS = "kz.gov.pki.knca.basics", "kz.gov.pki.knca.commonUtils"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return demo_pki.make(tmp_path_factory.mktemp("signer") / "pki", [FIRST, SECOND]).directory


def free_port() -> int:
    """A free port whose next one is free too: the signer uses both."""
    while True:
        with socket.socket() as first, socket.socket() as second, suppress(OSError, OverflowError):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            second.bind(("127.0.0.1", port + 1))
            return port


@contextmanager
def running(keys: Path, *options: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "signatures.demo.signer", "--keys", str(keys), "--port", str(port), *options]
    environment = {name: value for name, value in os.environ.items() if name != "ECASE_MODE"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert "Demo signer on" in process.stdout.readline()
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def auto(folder) -> Iterator[int]:
    with running(folder / "keys", "--auto") as port:
        yield port


@pytest.fixture(scope="module")
def manual(folder) -> Iterator[int]:
    with running(folder / "keys") as port:
        yield port


@contextmanager
def page(port: int, origin: str | None = PAGE) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{port}", origin=origin) as connection:
        assert json.loads(connection.recv(10)) == {"result": {"version": "1.4"}}
        yield connection


def ask(connection: ClientConnection, request: object) -> Any:
    connection.send(json.dumps(request))
    return json.loads(connection.recv(10))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def request(data: Any = None, signer: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The request that our page sends."""
    parameters = {"decode": True, "encapsulate": False, "digested": False}
    wanted = {"extKeyUsageOids": [oids.EMAIL_PROTECTION], "iin": "", "bin": "", "serialNumber": "", "chain": None}
    args = {
        "allowedStorages": None,
        "format": "cms",
        "data": b64(DOCUMENT) if data is None else data,
        "signingParams": parameters,
        "signerParams": {**wanted, **(signer or {})},
        "locale": "kk",
        **changes,
    }
    return {"module": BASICS, "method": "sign", "args": args}


def verified(folder: Path, cms: bytes, content: bytes = DOCUMENT, iin: str = FIRST["iin"]) -> Report:
    trust = TrustStore.load(folder / "trust")
    return verify(cms, content, trust=trust, expected=Expected(iin=iin), at=datetime.now(UTC))


def post(port: int, path: str, body: object, **headers: str) -> Any:
    given = {"Content-Type": "application/json", **headers}
    call = urllib.request.Request(f"http://127.0.0.1:{port + 1}{path}", json.dumps(body).encode(), given)
    with urllib.request.urlopen(call, timeout=60) as reply:
        return json.loads(reply.read())


def pending(port: int, count: int = 1) -> list[dict[str, Any]]:
    """The content of the screen once it shows that many requests."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with urllib.request.urlopen(f"http://127.0.0.1:{port + 1}/pending", timeout=60) as reply:
            found = json.loads(reply.read())
        if len(found) == count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{count} requests expected on the screen: {found}")


def test_signs_for_the_person_named(folder, auto):
    for person in (FIRST, SECOND):
        with page(auto) as connection:
            reply = ask(connection, request(signer={"iin": person["iin"]}))
        assert reply["status"] is True
        (cms,) = reply["body"]["result"]
        assert cms.startswith("-----BEGIN CMS-----\r\n")
        assert cms.endswith("-----END CMS-----\r\n")
        assert verified(folder, cms.encode(), iin=person["iin"]).passed


def test_signs_several_documents(folder, auto):
    documents = [b"one", b"two", b"three"]
    with page(auto) as connection:
        reply = ask(connection, request([b64(document) for document in documents], {"iin": FIRST["iin"]}))
    for cms, document in zip(reply["body"]["result"], documents, strict=True):
        assert verified(folder, cms.encode(), document).passed


def test_authentication_key_where_it_is_asked_for(folder, auto):
    wanted = {"extKeyUsageOids": [oids.CLIENT_AUTH], "iin": FIRST["iin"]}
    with page(auto) as connection:
        (cms,) = ask(connection, request(signer=wanted))["body"]["result"]
    assert "key-usage" in {check.name for check in verified(folder, cms.encode()).failures}


def test_heartbeat_and_order(auto):
    with page(auto) as connection:
        connection.send("--heartbeat--")
        connection.send(json.dumps({"module": "none"}))
        assert connection.recv(10) == "--heartbeat--"
        assert json.loads(connection.recv(10)) == {"success": False, "errorCode": "MODULE_NOT_FOUND"}


@pytest.mark.parametrize("message", ["", "not json", "[]", '{"module":"kz.digiflow.mobile.extensions"}'])
def test_unknown_module(auto, message):
    with page(auto) as connection:
        connection.send(message)
        assert json.loads(connection.recv(10))["errorCode"] == "MODULE_NOT_FOUND"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signingParams": None}, "INVOCATION_ERROR"),
        ({"format": "xml"}, "INVALID_SIGNING_PARAMS"),
        ({"data": "***"}, "INVALID_SIGNING_PARAMS"),
        ({"data": []}, "INVALID_SIGNING_PARAMS"),
        ({"signingParams": {"decode": True, "digested": True}}, "INVALID_SIGNING_PARAMS"),
        ({"signerParams": {"iin": "000000000000"}}, "SIGNING_FAILURE"),
    ],
)
def test_errors(auto, changes, code):
    with page(auto) as connection:
        reply = ask(connection, request(**changes))
    assert (reply["status"], reply["code"]) == (False, code)
    assert reply["message"]


def asked(**parameters: Any) -> dict[str, Any]:
    """A request with more of ``signingParams``."""
    made = request(signer={"iin": FIRST["iin"]}, logo="iVBORw0KGgo=")
    made["args"]["signingParams"] |= parameters
    return made


def test_p7_the_certificate_too(folder, auto):
    """The shape of the official example, ``js/ncalayer.js``: ``responseBody.result.signatures``."""
    with page(auto) as connection:
        reply = ask(connection, asked(outputCert=True))
    assert reply.keys() == {"status", "body"}
    assert reply["body"].keys() == {"result"}
    assert reply["body"]["result"].keys() == {"signatures", "certificate"}
    (cms,) = reply["body"]["result"]["signatures"]
    assert verified(folder, cms.encode()).passed
    assert reply["body"]["result"]["certificate"].startswith("-----BEGIN CERTIFICATE-----")


def token_in(cms: bytes) -> bytes:
    (attribute,) = parse(cms, DEFAULT).signer.unsigned
    assert attribute.oid == oids.SIGNATURE_TIMESTAMP
    return attribute.values[0].raw


def test_p7_with_a_timestamp(folder, auto):
    """``tsaProfile: {}``: the token of the demo's authority as an unsigned attribute."""
    with page(auto) as connection:
        (cms,) = ask(connection, asked(tsaProfile={}, allowExpired=True, allowRevoked=False))["body"]["result"]
        plain = ask(connection, asked())["body"]["result"][0].encode()
        call = ["PKCS12", "SIGNATURE", b64(DOCUMENT), False]
        post(auto, "/choose", {"iin": FIRST["iin"]})
        old = {"module": UTILS, "method": "createCMSSignatureFromBase64", "args": call}
        stamped = base64.b64decode(ask(connection, old)["responseObject"])
    trust = TrustStore.load(folder / "trust")
    for made in (cms.encode(), stamped):
        assert verified(folder, made).passed
        value = parse(made, DEFAULT).signer.signature
        verify_token(token_in(made), value, trust=trust, policy=DEFAULT, now=datetime.now(UTC))
    assert parse(plain, DEFAULT).signer.unsigned == ()


def test_p7_what_is_installed(auto):
    accessory = "kz.gov.pki.ncalayerservices.accessory"
    with page(auto) as connection:
        assert ask(connection, {"module": accessory, "method": "getBundles"})
        assert BASICS in ask(connection, {"module": accessory, "method": "getServices"})["services"]
        assert ask(connection, {"module": accessory, "method": "showSettings"})["code"] == "INVOCATION_ERROR"


def test_p7_as_other_versions_answer(folder):
    """One text for one document, as before lists; and a program that never answers."""
    with running(folder / "keys", "--auto", "--manner", "one-string") as port, page(port) as connection:
        assert ask(connection, asked())["body"]["result"].startswith("-----BEGIN CMS-----")
        two = request([b64(b"1"), b64(b"2")], {"iin": FIRST["iin"]})
        assert len(ask(connection, two)["body"]["result"]) == 2
    with running(folder / "keys", "--auto", "--manner", "silent") as port, page(port) as connection:
        connection.send(json.dumps(asked()))
        with pytest.raises(TimeoutError):
            connection.recv(0.5)


@pytest.mark.parametrize("demo", [True, False])
def test_p8_the_page_asks_for_any_certificate_in_the_demo_only(demo):
    """What our page sends: in production no ``chain``, so that only keys of the National Authority are offered."""
    script = """
    globalThis.document = { documentElement: { dataset: %s } };
    globalThis.location = { hostname: "127.0.0.1" };
    globalThis.WebSocket = class extends EventTarget {
      static OPEN = 1;
      readyState = 1;
      constructor() { super(); setTimeout(() => {
        this.dispatchEvent(new Event("open"));
        this.dispatchEvent(new MessageEvent("message", { data: '{"result":{"version":"1.4"}}' }));
      }); }
      send(text) { console.log(text); process.exit(0); }
    };
    const { NCALayerSigner } = await import(%s);
    const signer = new NCALayerSigner("ws://127.0.0.1:1");
    await signer.connect();
    signer.sign(new Uint8Array([1]), { iin: "1" });
    """
    module = (ROOT / "ecase/portal/static/portal/js/ncalayer.js").as_uri()
    filled = script % (json.dumps({"anyCertificate": ""} if demo else {}), json.dumps(module))
    node = Path(sys.executable).with_name("node")
    command = [str(node), "--input-type=module", "--no-warnings", "-e", filled]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    wanted = json.loads(done.stdout)["args"]["signerParams"]
    assert ("chain" in wanted, wanted.get("chain", [])) == (demo, [])


def test_unknown_method_and_missing_arguments(auto):
    with page(auto) as connection:
        assert ask(connection, {"module": BASICS, "method": "burn", "args": {}})["code"] == "INVOCATION_ERROR"
        details = ask(connection, {"module": BASICS, "method": "sign"})["details"]
        assert details == 'org.json.JSONException: JSONObject["args"] is not a JSONObject.'
        assert ask(connection, {"module": UTILS, "method": "burn"})["code"] == "500"
        assert ask(connection, {"module": UTILS, "method": "createCAdESFromBase64", "args": [1]})["code"] == "500"


def test_common_utils(folder, auto):
    assert post(auto, "/choose", {"iin": FIRST["iin"]}) == {"done": True}
    with page(auto) as connection:
        call = {
            "module": UTILS,
            "method": "createCAdESFromBase64",
            "args": ["PKCS12", "SIGNATURE", b64(DOCUMENT), False],
        }
        reply = ask(connection, {**call, "uuid": "7"})
        assert (reply["code"], reply["uuid"]) == ("200", "7")
        assert verified(folder, base64.b64decode(reply["responseObject"])).passed
        assert ask(connection, {"module": UTILS, "method": "getActiveTokens"}) == {"responseObject": [], "code": "200"}
        info = ask(connection, {"module": UTILS, "method": "getKeyInfo", "args": ["PKCS12"]})["responseObject"]
    assert info["subjectCn"] == "АХМЕТОВ ДАНИЯР"
    assert "IIN850101300018" in info["subjectDn"]
    assert info["certNotAfter"].isdecimal()


def test_choice_made_beforehand_stays(folder, auto):
    """As a browser test signs in: the page does not know the IIN yet."""
    for person in (FIRST, SECOND, FIRST):
        post(auto, "/choose", {"iin": person["iin"]})
        with page(auto) as connection:
            (cms,) = ask(connection, request())["body"]["result"]
        assert verified(folder, cms.encode(), iin=person["iin"]).passed


def test_choice_on_the_screen(folder, manual):
    """Shown even if only one key fits: every signature needs a confirmation."""
    with page(manual) as connection:
        connection.send(json.dumps(request(signer={"iin": SECOND["iin"]})))
        (shown,) = pending(manual)
        assert shown["documents"] == [DOCUMENT.decode()]
        assert [person["name"] for person in shown["people"]] == ["Сапарова Айгүл Маратқызы"]
        assert post(manual, "/choose", {"id": shown["id"], "alias": shown["people"][0]["alias"]}) == {"done": True}
        (cms,) = json.loads(connection.recv(10))["body"]["result"]
    assert verified(folder, cms.encode(), iin=SECOND["iin"]).passed
    assert pending(manual, 0) == []


def test_cancel(manual):
    with page(manual) as connection:
        connection.send(json.dumps(request()))
        (shown,) = pending(manual)
        assert len(shown["people"]) == 2
        assert post(manual, "/cancel", {"id": shown["id"]}) == {"done": True}
        assert json.loads(connection.recv(10)) == {"status": True, "body": {}}
        connection.send(json.dumps({"module": UTILS, "method": "getKeyInfo", "args": ["PKCS12"]}))
        pending(manual)
        post(manual, "/cancel", {})
        assert json.loads(connection.recv(10)) == {"code": "500", "message": "action.canceled"}


def test_page_that_goes_away_takes_its_request_along(manual):
    with page(manual) as connection:
        connection.send(json.dumps(request()))
        pending(manual)
    assert pending(manual, 0) == []


def test_origins(auto):
    for origin in (None, "http://localhost:8000", "https://127.0.0.1", "http://[::1]:1"):
        with page(auto, origin):
            pass
    for origin in ("https://evil.kz", "http://127.0.0.1.evil.kz", "http://localhost.evil.kz:80", "null"):
        with pytest.raises(InvalidStatus), page(auto, origin):
            pass


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.kz"}, {"Host": "evil.kz"}, {"Content-Type": "text/plain"}],
)
def test_screen_answers_nobody_else(auto, headers):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(auto, "/choose", {"iin": SECOND["iin"]}, **headers)
    assert refused.value.code == 403


def test_screen_is_a_page(manual):
    for path, kind in (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")):
        with urllib.request.urlopen(f"http://127.0.0.1:{manual + 1}{path}", timeout=60) as reply:
            assert reply.headers.get_content_type() == kind
            assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://127.0.0.1:{manual + 1}/../keys.py", timeout=60)


def refused(keys: Path, *options: str, **environment: str) -> str:
    command = [
        sys.executable,
        "-m",
        "signatures.demo.signer",
        "--keys",
        str(keys),
        "--port",
        str(free_port()),
        *options,
    ]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def test_where_it_does_not_start(folder, tmp_path, pki):
    assert "production" in refused(folder / "keys", ECASE_MODE="production")
    assert "production" in refused(folder / "keys", "--mode", "production")
    assert "this machine only" in refused(folder / "keys", "--host", "0.0.0.0")
    assert "no PKCS#12" in refused(tmp_path)
    (tmp_path / "real.p12").write_bytes(pki.person().pkcs12())
    assert "no DEMO in its name" in refused(tmp_path)
    (tmp_path / "real.p12").write_bytes(b"x" * 100_000)
    assert "larger than" in refused(tmp_path)
