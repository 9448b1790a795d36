"""Cases 28 to 30: OCSP responses as evidence, delta lists, holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as maker

from signatures import Expected
from signatures.asn1 import der
from signatures.demo.issuing import SIGNING, Span, list_number
from signatures.policy import DEFAULT
from signatures.x509 import ocsp
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, DAY, IIN, NOW, SPAN, Pki, sequence
from tests.signatures.services import NONCE, asked, evidence, lists, resealed, responder

MINUTE = timedelta(minutes=1)
HOLD, COMPROMISE = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise


@pytest.fixture(scope="module")
def bare(pki):
    """Trust without any list of the issuing authority, so that revocation data must come by OCSP."""
    return pki.trust(lists=[pki.root.revocation_list(SPAN)])


def outcome(report):
    return report.indication, report.sub_indication


@pytest.fixture
def judged(person, check, bare):
    """Verifies a good signature with the given OCSP responses as evidence."""

    def run(*responses: bytes, **changes):
        cms = person.sign()
        return check(cms, trust=bare, evidence=evidence(cms, ocsp=responses), **changes)

    return run


def test_a_good_answer_is_evidence(pki, person, judged):
    assert outcome(judged()) == ("INDETERMINATE", "TRY_LATER")
    assert judged(asked(person, responder(pki.issuer))).passed


def test_the_authority_may_answer_itself(pki, person, judged):
    own = replace(responder(pki.issuer), key=pki.issuer.key, certificate=pki.issuer.certificate)
    assert judged(asked(person, own)).passed


def test_openssl_makes_and_takes_the_same(pki, person, bare, tmp_path):
    """OpenSSL reads our request, and we read its answer."""
    import subprocess

    delegate = responder(pki.issuer)
    (tmp_path / "request.der").write_bytes(ocsp.request(person.certificate, pki.issuer.certificate, NONCE))
    (tmp_path / "index.txt").write_text(f"V\t361121000000Z\t\t{person.certificate.serial_number:X}\tunknown\t/CN=x\n")
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    key = delegate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "own.pem").write_bytes(delegate.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "ca.pem").write_bytes(pki.issuer.certificate.public_bytes(Encoding.PEM))
    command = "openssl ocsp -index index.txt -CA ca.pem -rsigner own.pem -rkey key.pem -reqin request.der"
    subprocess.run([*command.split(), "-respout", "answer.der"], cwd=tmp_path, check=True, capture_output=True)
    (answer,) = ocsp.read((tmp_path / "answer.der").read_bytes(), bare, DEFAULT, NONCE)
    assert (answer.status, answer.serial) == ("good", person.certificate.serial_number)


def test_case_28_revoked_by_ocsp(pki, person, judged):
    def by(at, reason=COMPROMISE):
        return asked(person, responder(pki.issuer, revoked={person.certificate.serial_number: (at, reason)}))

    assert outcome(judged(by(NOW - DAY))) == ("INDETERMINATE", "REVOKED_NO_POE")
    younger = Expected(iin=IIN, bin=BIN, created_after=NOW - MINUTE)
    assert outcome(judged(by(NOW - DAY), expected=younger)) == ("TOTAL_FAILED", "REVOKED")
    assert judged(by(NOW + MINUTE)).passed
    on_hold = judged(by(NOW - DAY, HOLD))
    assert (outcome(on_hold), failed(on_hold)) == (("INDETERMINATE", "TRY_LATER"), {"revocation"})


def test_case_28_revoked_by_either_source(pki, person, check, trust):
    """The list of the trust folder is fresh and has no entry; the responder states a revocation."""
    cms = person.sign()
    revoked = responder(pki.issuer, revoked={person.certificate.serial_number: (NOW - DAY, COMPROMISE)})
    report = check(cms, evidence=evidence(cms, ocsp=(asked(person, revoked),)))
    assert report.sub_indication == "REVOKED_NO_POE"


def _deltas(pki: Pki, base_entries, delta_entries, *, base: int | None = None, delta_span: Span | None = None):
    old, new = Span(NOW - 9 * DAY, NOW + DAY), delta_span or Span(NOW - MINUTE, NOW + DAY)
    number = list_number(old) if base is None else base
    complete = pki.issuer.revocation_list(old, base_entries)
    return [pki.root.revocation_list(SPAN), complete, pki.issuer.revocation_list(new, delta_entries, number)]


def test_case_28_on_hold_and_removed_from_it(pki, person, check):
    serial = person.certificate.serial_number
    held = [(serial, NOW - 9 * DAY, HOLD)]
    removed = [(serial, NOW - MINUTE, x509.ReasonFlags.remove_from_crl)]
    assert outcome(check(person.sign(), trust=pki.trust(lists=_deltas(pki, held, [])))) == (
        "INDETERMINATE",
        "TRY_LATER",
    )
    assert check(person.sign(), trust=pki.trust(lists=_deltas(pki, held, removed))).passed
    revoked = [(serial, NOW - MINUTE, COMPROMISE)]
    report = check(person.sign(), trust=pki.trust(lists=_deltas(pki, held, revoked)))
    assert report.sub_indication == "REVOKED_NO_POE"


def test_case_29_delta_brings_a_list_up_to_date(pki, person, check):
    serial = person.certificate.serial_number
    report = check(person.sign(), trust=pki.trust(lists=_deltas(pki, [], [(serial, NOW - MINUTE, COMPROMISE)])))
    assert report.sub_indication == "REVOKED_NO_POE"
    assert check(person.sign(), trust=pki.trust(lists=_deltas(pki, [], []))).passed


def test_case_29_delta_without_its_base(pki, person, check, bare):
    newer = list_number(Span(NOW - DAY, NOW))
    assert "delta" in str(pki.trust(lists=_deltas(pki, [], [], base=newer)).notes[0])
    cms = person.sign()
    root, _complete, delta = _deltas(pki, [], [], base=newer)
    kept = evidence(cms, crls=tuple(listed.public_bytes(Encoding.DER) for listed in (root, delta)))
    report = check(cms, trust=bare, evidence=kept)
    assert failed(report) == {"evidence", "revocation"}


def test_case_29_indirect_and_partial_lists(pki, person, check, bare):
    for scope in ({"indirect_crl": True}, {"only_contains_user_certs": True}):
        given = dict.fromkeys(
            ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs"),
            False,
        )
        point = x509.IssuingDistributionPoint(
            full_name=None, relative_name=None, only_some_reasons=None, **{**given, **scope}
        )
        builder = x509.CertificateRevocationListBuilder(pki.issuer.certificate.subject, SPAN.begin, SPAN.end)
        made = builder.add_extension(point, critical=True).sign(pki.issuer.key, hashes.SHA256())
        assert "partial and indirect" in str(pki.trust(lists=[made]).notes[0])
        cms = person.sign()
        report = check(cms, trust=bare, evidence=evidence(cms, crls=(made.public_bytes(Encoding.DER),)))
        assert failed(report) == {"evidence", "revocation"}


def test_case_29_list_without_next_update(pki, person, check, bare):
    """Made by hand: the library always writes nextUpdate."""
    from signatures.crypto.algorithms import Signed

    made = Signed.read(pki.issuer.revocation_list(SPAN).public_bytes(Encoding.DER))
    fields = der.element(made.message).children()
    times = [place for place, field in enumerate(fields) if field.tag in (der.UTC_TIME, der.GENERALIZED_TIME)]
    body = sequence(*(field.raw for place, field in enumerate(fields) if place != times[1]))
    value = der.encode(der.BIT_STRING, b"\x00", pki.issuer.key.sign(body, ec.ECDSA(hashes.SHA256())))
    without = sequence(body, next(field.raw for field in fields if field.tag == der.SEQUENCE), value)
    cms = person.sign()
    report = check(cms, trust=bare, evidence=evidence(cms, crls=(without,)))
    assert (outcome(report), failed(report)) == (("INDETERMINATE", "TRY_LATER"), {"revocation"})
    assert check(cms, trust=bare, evidence=evidence(cms, crls=lists(pki))).passed


def test_case_29_list_of_an_attacker_in_the_evidence(person, check, bare):
    cms = person.sign()
    report = check(cms, trust=bare, evidence=evidence(cms, crls=lists(Pki.make())))
    assert (outcome(report), failed(report)) == (("INDETERMINATE", "TRY_LATER"), {"evidence", "revocation"})


def test_case_30_answer_about_another(pki, person, judged):
    assert failed(judged(asked(pki.person(), responder(pki.issuer)))) == {"revocation"}
    other = Pki.make("OTHER")
    report = judged(asked(other.person(), responder(other.issuer)))
    assert failed(report) == {"evidence", "revocation"}


def test_case_30_responders_that_nobody_authorised(pki, person, judged):
    foreign, root = Pki.make().issuer, pki.root
    good = responder(pki.issuer)
    wrong = {
        "by a foreign authority of the same name": replace(responder(foreign), issuer=pki.issuer.certificate),
        "without OCSPSigning": responder(pki.issuer, profile=SIGNING),
        "expired": responder(pki.issuer, span=Span(NOW - 9 * DAY, NOW - DAY)),
        "not yet valid": responder(pki.issuer, span=Span(NOW + DAY, NOW + 9 * DAY)),
        "by the authority above": replace(responder(root), issuer=pki.issuer.certificate),
    }
    responses = {name: asked(person, by) for name, by in wrong.items()}
    other_key = ec.generate_private_key(ec.SECP256R1())
    responses["signed with another key"] = resealed(asked(person, good), other_key, lambda body: body)
    for name, response in responses.items():
        report = judged(response)
        assert outcome(report) == ("INDETERMINATE", "TRY_LATER"), name
        assert failed(report) == {"evidence", "revocation"}, name


def test_case_30_revoked_responder(pki, person, check, bare):
    by = responder(pki.issuer)
    stale = pki.issuer.revocation_list(
        Span(NOW - 9 * DAY, NOW - DAY), [(by.certificate.serial_number, NOW - 2 * DAY, COMPROMISE)]
    )
    cms = person.sign()
    trust = pki.trust(lists=[pki.root.revocation_list(SPAN), stale])
    report = check(cms, trust=trust, evidence=evidence(cms, ocsp=(asked(person, by),)))
    assert failed(report) == {"evidence", "revocation"}
    kept = evidence(cms, ocsp=(asked(person, by),), crls=(stale.public_bytes(Encoding.DER),))
    assert failed(check(cms, trust=bare, evidence=kept)) == {"evidence", "revocation"}


def test_case_30_extended_revoke(pki, person, judged):
    """The extension of RFC 6960, 4.4.8 that Kazakhstan's responder adds; it changes nothing about a good answer."""
    by = responder(pki.issuer)
    extension = sequence(der.encode_oid("1.3.6.1.5.5.7.48.1.9"), der.encode(der.OCTET_STRING, b"\x05\x00"))

    def extended(body: bytes) -> bytes:
        *fields, listed = der.element(body).children()
        more = sequence(*(child.raw for child in listed.first().children()), extension)
        return sequence(*(field.raw for field in fields), der.encode(0xA1, more))

    assert judged(resealed(asked(person, by), by.key, extended)).passed


@pytest.mark.parametrize(("minutes", "fresh"), [(-30, False), (-9, True), (0, True), (4, True), (30, False)])
def test_case_30_time_of_the_answer(pki, person, judged, minutes, fresh):
    """An answer without nextUpdate that is older than the signature, or from the future, does not cover now."""
    report = judged(asked(person, responder(pki.issuer, NOW + minutes * MINUTE)))
    assert report.passed == fresh
    assert fresh or outcome(report) == ("INDETERMINATE", "TRY_LATER")


def test_case_30_nonce(pki, person, bare):
    data = asked(person, responder(pki.issuer), b"x" * 32)
    assert ocsp.read(data, bare, DEFAULT)
    with pytest.raises(ocsp.Unusable, match="nonce"):
        ocsp.read(data, bare, DEFAULT, NONCE)


def test_case_30_never_issued(pki, person, judged):
    """RFC 6960, 2.2: revoked since 1970 and on hold means that no such certificate was ever issued."""
    never = {person.certificate.serial_number: (datetime(1970, 1, 1, tzinfo=UTC), HOLD)}
    report = judged(asked(person, responder(pki.issuer, revoked=never)))
    assert outcome(report) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
    assert "never issued" in report.failures[0].detail


def test_case_30_ill_formed_nocheck(pki, person, judged):
    """Kazakhstan's responder has this extension as an empty OCTET STRING; the library then reads no extension."""
    empty = x509.UnrecognizedExtension(x509.OCSPNoCheck.oid, b"")
    by = responder(pki.issuer, more=[empty])
    with pytest.raises(ValueError, match="parsing"):
        _ = by.certificate.extensions
    assert judged(asked(person, by)).passed


@pytest.mark.parametrize("status", ["TRY_LATER", "INTERNAL_ERROR", "UNAUTHORIZED", "MALFORMED_REQUEST"])
def test_case_30_errors_are_no_verdict(judged, status):
    """An error response is no statement about the signature."""
    made = maker.OCSPResponseBuilder.build_unsuccessful(maker.OCSPResponseStatus[status])
    report = judged(made.public_bytes(Encoding.DER))
    assert outcome(report) == ("INDETERMINATE", "TRY_LATER")


def test_answer_that_knows_nothing(pki, person, judged):
    """The status "unknown" is no answer."""
    by = responder(pki.issuer)
    data = resealed(asked(person, by), by.key, lambda body: body.replace(b"\x80\x00\x18\x0f", b"\x82\x00\x18\x0f"))
    assert outcome(judged(data)) == ("INDETERMINATE", "TRY_LATER")


def test_responses_that_are_none(pki, person, bare):
    good = asked(person, responder(pki.issuer))
    for spoilt in (
        b"",
        good[:-1],
        good + b"\x00",
        b"\x30\x80" + good[2:],
        sequence(),
        b"\x30\x03\x0a\x01\x00",
        b"x" * 17_000,
    ):
        with pytest.raises(ocsp.Unusable):
            ocsp.read(spoilt, bare, DEFAULT)


def test_a_bit_of_a_response(pki, person, bare):
    good = asked(person, responder(pki.issuer))
    (before,) = ocsp.read(good, bare, DEFAULT)
    for place in range(len(good)):
        spoilt = bytearray(good)
        spoilt[place] ^= 1
        try:
            (after,) = ocsp.read(bytes(spoilt), bare, DEFAULT)
        except ocsp.Unusable:
            continue
        assert after == before


def test_a_bit_of_a_list(pki, person, check, bare):
    """Each octet of a list in evidence is changed once: always reported, never raised, never accepted."""
    cms, (root, issuer) = person.sign(), lists(pki)
    for place in range(len(issuer)):
        spoilt = issuer[:place] + bytes([issuer[place] ^ 1]) + issuer[place + 1 :]
        report = check(cms, trust=bare, evidence=evidence(cms, crls=(root, spoilt)))
        assert failed(report) == {"evidence", "revocation"}


def test_evidence_is_of_this_signature_only(pki, person, check, bare):
    cms, other = person.sign(), person.sign(b'{"other":1}')
    kept = evidence(other, ocsp=(asked(person, responder(pki.issuer)),), content=b'{"other":1}')
    assert failed(check(cms, trust=bare, evidence=kept)) == {"evidence"}
