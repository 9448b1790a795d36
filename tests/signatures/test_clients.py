"""The clients against a real server on loopback, whose answers are made here."""

import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as maker

from signatures import DEFAULT
from signatures.clients.evidence import Addresses, Collector
from signatures.clients.http import Http, Limits, Unreachable
from signatures.clients.revocations import ListClient, OcspClient
from signatures.clients.store import MemoryStore
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import Span
from signatures.demo.services import services
from signatures.evidence.renewal import renew
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, DAY, NOW, SPAN, Pki
from tests.signatures.services import addresses, asked, der_of, lists, responder, served, tsa

QUICK = Limits(connect=0.5, read=0.5, total=0.8, octets=100_000, first_pause=5, longest_pause=20)


class Clock:
    """A clock that the test advances."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self):
        return NOW + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def answers(pki):
    root, issuer = lists(pki)
    return {
        "/tsa": tsa(pki.issuer).answer,
        "/ocsp": _both(pki),
        "/root.crl": lambda _body: root,
        "/issuer.crl": lambda _body: issuer,
    }


def _both(pki: Pki):
    """A responder for both authorities, like Kazakhstan's: the root answers about the issuing authority."""
    by_issuer, by_root = responder(pki.issuer), responder(pki.root)

    def answer(body: bytes) -> bytes:
        serial = maker.load_der_ocsp_request(body).serial_number
        return (by_root if serial == pki.issuer.certificate.serial_number else by_issuer).answer(body)

    return answer


@pytest.fixture
def bare(pki):
    """Trust without any list: everything must be fetched."""
    return pki.trust(lists=[])


def test_what_is_collected_at_receipt_is_enough(answers, bare, person, check):
    cms = person.sign()
    assert check(cms, trust=bare).sub_indication == "TRY_LATER"
    with served(answers) as (base, requests):
        found = Collector(addresses(base), bare, clock=lambda: NOW).collect(cms, CONTENT)
    assert found.missing == ()
    assert check(cms, trust=bare, evidence=found.evidence).passed
    assert sorted(set(requests)) == ["/issuer.crl", "/ocsp", "/root.crl", "/tsa"]
    assert found.evidence.sources.certificates == tuple(der_of(certificate) for certificate in person.chain)


def test_ocsp_alone_is_enough(answers, bare, person, check):
    cms = person.sign()
    with served(answers) as (base, _):
        found = Collector(replace(addresses(base), crls=()), bare, clock=lambda: NOW).collect(cms, CONTENT)
    assert check(cms, trust=bare, evidence=found.evidence).passed


def test_what_is_missing_is_named_and_tried_again_later(answers, bare, person, check):
    cms = person.sign()
    collector = Collector(addresses("http://127.0.0.1:9"), bare, http=Http(QUICK), clock=lambda: NOW)
    found = collector.collect(cms, CONTENT)
    assert {entry.partition(":")[0] for entry in found.missing} == {"timestamp", "OCSP", "revocation list"}
    report = check(cms, trust=bare, evidence=found.evidence)
    assert (report.indication, report.sub_indication) == ("INDETERMINATE", "TRY_LATER")


def test_several_timestamp_authorities_in_order(answers, pki, trust, person):
    foreign = tsa(Pki.make().issuer).answer
    with served({**answers, "/foreign": foreign, "/broken": lambda _body: b"x"}) as (base, requests):
        order = ("/absent", "/broken", "/foreign", "/tsa", "/never-asked")
        found = Collector(addresses(base, order), trust, clock=lambda: NOW).collect(person.sign(), CONTENT)
    assert len(found.evidence.timestamps) == 1
    assert [request for request in requests if "ocsp" not in request and "crl" not in request] == [
        "/broken",
        "/foreign",
        "/tsa",
    ]


def test_renewal_over_http(answers, trust, person):
    with served(answers) as (base, _):
        collector = Collector(addresses(base), trust, clock=lambda: NOW)
        made = collector.collect(person.sign(), CONTENT).evidence
        (renewed,) = renew([made], collector.stamp_root)
    assert len(renewed.renewals) == 1
    with pytest.raises(Unreachable):
        Collector(Addresses(), trust).stamp_root(b"root")


def test_a_list_is_kept_while_it_is_fresh(answers, pki, clock):
    with served(answers) as (base, requests):
        client = ListClient(Http(), MemoryStore(clock.now), pki.trust(), clock.now)
        for seconds in (0, 10, 3590, 3610):
            clock.seconds = seconds
            client.fetch([f"{base}/issuer.crl"])
    assert len(requests) == 2


def test_a_list_that_is_not_current_is_not_taken(pki, clock):
    stale = pki.issuer.revocation_list(Span(NOW - 9 * DAY, NOW - DAY)).public_bytes(Encoding.DER)
    fresh = pki.issuer.revocation_list(SPAN).public_bytes(Encoding.PEM)
    foreign = Pki.make().issuer.revocation_list(SPAN).public_bytes(Encoding.DER)
    given = {"/stale": stale, "/foreign": foreign, "/none": b"x", "/fresh": fresh}
    with served({path: lambda _body, data=data: data for path, data in given.items()}) as (base, requests):
        client = ListClient(Http(), MemoryStore(clock.now), pki.trust(), clock.now)
        found = client.fetch([base + path for path in given])
        assert x509.load_der_x509_crl(found).issuer == pki.issuer.certificate.subject
        with pytest.raises(Unreachable, match="not signed by an authority") as refused:
            ListClient(Http(), MemoryStore(clock.now), pki.trust(), clock.now).fetch(
                [base + path for path in given][:3]
            )
    assert len(refused.value.tried) == 3
    assert requests[:4] == list(given)


def _ocsp(pki, clock, http=None) -> OcspClient:
    return OcspClient(http or Http(), MemoryStore(clock.now), pki.trust(), DEFAULT, clock.now)


def test_an_answer_is_kept_for_a_minute(pki, person, clock):
    with served({"/ocsp": responder(pki.issuer).answer}) as (base, requests):
        client = _ocsp(pki, clock)
        for seconds in (0, 50, 70):
            clock.seconds = seconds
            client.fetch(person.certificate, pki.issuer.certificate, [f"{base}/ocsp"])
    assert len(requests) == 2


def test_answers_that_are_not_taken(pki, person, clock):
    """A replayed one, one about another, one too old, and one that says to try later."""
    by, other = responder(pki.issuer), pki.person()
    later = maker.OCSPResponseBuilder.build_unsuccessful(maker.OCSPResponseStatus.TRY_LATER)
    given = {
        "/replayed": lambda _body: asked(person, by),
        "/other": lambda _body: asked(other, by),
        "/old": responder(pki.issuer, NOW - DAY).answer,
        "/later": lambda _body: later.public_bytes(Encoding.DER),
    }
    with served(given) as (base, _), pytest.raises(Unreachable) as refused:
        _ocsp(pki, clock).fetch(person.certificate, pki.issuer.certificate, [base + path for path in given])
    reasons = " ".join(refused.value.tried)
    assert all(word in reasons for word in ("nonce", "nothing current", "tryLater"))


def test_an_address_that_fails_is_left_alone_for_a_while(clock):
    nobody = "http://127.0.0.1:9/bad"
    with served({"/good": lambda _body: b"good"}) as (base, requests):
        http = Http(QUICK, clock)

        def fetch() -> bytes:
            return http.first([nobody, f"{base}/good"], _noted)

        def _noted(address: str) -> bytes:
            tried.append(address.rpartition("/")[2])
            return http.ask(address)

        expected = {0: True, 4: False, 6: True, 14: False, 17: True, 36: False, 38: True, 57: False, 59: True}
        for seconds, bad_is_tried in expected.items():
            tried: list[str] = []
            clock.seconds = seconds
            assert fetch() == b"good"
            assert ("bad" in tried) == bad_is_tried, seconds
        with pytest.raises(Unreachable, match="not asked again"):
            http.first([nobody], http.ask)
    assert set(requests) == {"/good"}


def test_an_answer_that_cannot_be_used_closes_no_address(pki, person, clock):
    """Otherwise a certificate unknown to the responder would block it for all requests."""
    with served({"/ocsp": responder(pki.issuer).answer}) as (base, requests):
        client = _ocsp(pki, clock, Http(QUICK, clock))
        foreign = Pki.make("OTHER")
        for _ in range(3):
            with pytest.raises(Unreachable, match="not trusted here"):
                client.fetch(foreign.person().certificate, foreign.issuer.certificate, [f"{base}/ocsp"])
        client.fetch(person.certificate, pki.issuer.certificate, [f"{base}/ocsp"])
    assert len(requests) == 4


@pytest.mark.parametrize(("status", "left_alone"), [(503, True), (500, True), (429, True), (404, False), (302, False)])
def test_which_statuses_leave_an_address_alone(clock, status, left_alone):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_once, args=(listener, status), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        http = Http(QUICK, clock)
        with pytest.raises(Unreachable, match=f"answers {status}"):
            http.first([address], http.ask)
        thread.join(5)
    with pytest.raises(Unreachable) as refused:
        http.first([address], http.ask)
    assert ("not asked again" in str(refused.value)) == left_alone


def _once(listener: socket.socket, status: int) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:9/\r\n\r\n" % status)


def test_limits_of_an_answer(clock):
    with served({"/large": lambda _body: b"x" * 100_001, "/fits": lambda _body: b"x" * 100_000}) as (base, _):
        assert len(Http(QUICK).ask(f"{base}/fits")) == 100_000
        with pytest.raises(ValueError, match="more than 100000 octets"):
            Http(QUICK).ask(f"{base}/large")
        with pytest.raises(ValueError, match="answers 404"):
            Http(QUICK).ask(f"{base}/absent")


def test_an_answer_that_never_ends():
    """A server that sends single octets slowly never exceeds the time-out between two chunks."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=(listener,), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(ValueError, match="took more than"):
            Http(QUICK).ask(address)
    thread.join(5)


def _drip(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        try:
            for _ in range(50):
                connection.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            # The client has closed the connection, as expected.
            return


def test_the_demo_authority_has_services(tmp_path):
    """Evidence from the demo's services, verified against the demo's trust folder without its lists."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    from signatures import Expected, TrustStore, verify
    from signatures.cms.signing import build

    person = {"iin": "850101300018", "surname": "Ахметов", "given_name": "Данияр", "bin": "210540000101"}
    pki = demo_pki.make(tmp_path, [person])
    key = pkcs12.load_pkcs12(demo_pki.personal_key(pki, person, pki.root.key, demo_pki.SIGNING), b"demo")
    chain = (key.cert.certificate, *(additional.certificate for additional in key.additional_certs))
    at = key.cert.certificate.not_valid_before_utc + timedelta(days=365)
    cms = build(CONTENT, key.key, chain, at)
    trust = TrustStore.of("demo", [pki.root.certificate, pki.issuer.certificate])
    with served(services(tmp_path)) as (base, _):
        collector = Collector(addresses(base), trust)
        found = collector.collect(cms, CONTENT)
        report = verify(
            cms,
            CONTENT,
            trust=trust,
            expected=Expected(iin=person["iin"], bin=person["bin"]),
            at=collector.clock(),
            evidence=found.evidence,
        )
    assert report.passed, (failed(report), found.missing)
    assert len(found.evidence.timestamps) == 1
