"""Cases 46 to 54: RFC 3161 tokens over the signature value."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signatures import DEFAULT, Expected, TrustStore
from signatures.asn1 import der, oids
from signatures.cms.signing import encapsulated
from signatures.demo.issuing import SIGNING, TIMESTAMPING, Issuer, Span
from signatures.evidence.timestamps import BadTimestamp, read_info, read_token, request, verify_token
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, CONTENT, DAY, IIN, NOW, SHA1, SPAN, Pki, algorithm, octets, sequence
from tests.signatures.services import evidence, imprint, tsa, value_of

LATER = NOW + 5 * DAY
SUPERSEDED, COMPROMISED = x509.ReasonFlags.superseded, x509.ReasonFlags.key_compromise


def outcome(report):
    return report.indication, report.sub_indication


@pytest.fixture(scope="module")
def authority(pki):
    return tsa(pki.issuer)


@pytest.fixture
def stamped(person, authority, check):
    """Verifies a signature five days later with the tokens that each ``make(cms)`` returns."""

    def run(*makers, owner=person, **changes):
        cms = owner.sign()
        tokens = [make(cms) for make in makers] or [authority.token(imprint(value_of(cms)))]
        return check(cms, evidence=evidence(cms, *tokens), **{"at": LATER, **changes})

    return run


def test_a_token_proves_the_time(stamped):
    report = stamped()
    assert report.passed, report.failures
    assert report.best_signature_time == NOW + timedelta(seconds=1)


def test_expired_since_the_timestamp(pki, person, authority, check):
    """CAdES-T: the certificate only has to be valid at the time at which the signature is proven to exist."""
    owner = pki.person(span=Span(NOW - DAY, NOW + DAY))
    cms = owner.sign()
    assert outcome(check(cms, at=LATER)) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    kept = evidence(cms, authority.token(imprint(value_of(cms))))
    assert check(cms, evidence=kept, at=LATER).passed


def test_revoked_since_the_timestamp(pki, authority, check):
    owner = pki.person()
    cms = owner.sign()
    entry = (owner.certificate.serial_number, NOW + DAY, COMPROMISED)
    trust = replace(pki, revoked=[entry]).trust()
    assert outcome(check(cms, trust=trust, at=LATER)) == ("INDETERMINATE", "REVOKED_NO_POE")
    kept = evidence(cms, authority.token(imprint(value_of(cms))))
    assert check(cms, trust=trust, evidence=kept, at=LATER).passed


def test_openssl_makes_a_token_that_passes(pki, person, check, tmp_path):
    """An independent authority: OpenSSL answers our request, with the machine's clock."""
    now = Span.years(1)
    issuer = Issuer.root("OPENSSL ROOT", now)
    key = rsa.generate_private_key(65537, 2048)
    certificate = issuer.issue(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TSA")]), key, TIMESTAMPING, now)
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "own.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "serial").write_text("01")
    (tmp_path / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=own.pem\nsigner_key=key.pem\nsigner_digest=sha256\n"
        f"default_policy={oids.KZ_TIMESTAMP_POLICIES}.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_chain=no\n"
        "ess_cert_id_alg=sha1\n"
    )
    (tmp_path / "q.tsq").write_bytes(request(b"signature value", oids.SHA256, DEFAULT, 4711))
    command = "openssl ts -reply -config tsa.cnf -queryfile q.tsq -out a.tsr"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    token = read_token((tmp_path / "a.tsr").read_bytes())
    trust = TrustStore.of("test", [issuer.certificate], [issuer.revocation_list(now)])
    found = verify_token(token, b"signature value", trust=trust, policy=DEFAULT, now=now.begin + timedelta(days=366))
    assert found.info.nonce == 4711


def test_openssl_takes_our_token(pki, authority, tmp_path):
    asked = request(b"value", oids.SHA256, DEFAULT, 4711, f"{oids.KZ_TIMESTAMP_POLICIES}.4")
    (tmp_path / "a.tsr").write_bytes(authority.answer(asked))
    (tmp_path / "q.tsq").write_bytes(asked)
    chain = (pki.issuer.certificate, pki.root.certificate)
    (tmp_path / "ca.pem").write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain))
    command = "openssl ts -verify -in a.tsr -queryfile q.tsq -CAfile ca.pem -attime"
    subprocess.run([*command.split(), str(int(NOW.timestamp()))], cwd=tmp_path, check=True, capture_output=True)


def test_case_46_over_another_signature(person, authority, stamped):
    other = person.sign(b'{"other":1}')
    report = stamped(lambda _cms: authority.token(imprint(value_of(other))))
    assert (outcome(report), failed(report)) == (("INDETERMINATE", "NO_POE"), {"timestamp"})


def test_case_47_over_the_content(authority, stamped):
    assert failed(stamped(lambda _cms: authority.token(imprint(CONTENT)))) == {"timestamp"}


def test_case_48_untrusted_authority(stamped):
    for by in (tsa(Pki.make().issuer), tsa(Pki.make("OTHER").issuer)):
        report = stamped(lambda cms, by=by: by.token(imprint(value_of(cms))))
        assert (outcome(report), failed(report)) == (("INDETERMINATE", "NO_POE"), {"timestamp"})


@pytest.mark.parametrize(
    "profile",
    [
        SIGNING,
        replace(TIMESTAMPING, critical=False),
        replace(TIMESTAMPING, extended=(oids.TIME_STAMPING, oids.EMAIL_PROTECTION)),
        replace(TIMESTAMPING, extended=(oids.OCSP_SIGNING,)),
        replace(TIMESTAMPING, key_usage=("key_encipherment",)),
    ],
    ids=["for signing", "not critical", "one more", "another", "key usage"],
)
def test_case_49_not_a_certificate_for_timestamps(pki, stamped, profile):
    by = tsa(pki.issuer, profile=profile)
    assert failed(stamped(lambda cms: by.token(imprint(value_of(cms))))) == {"timestamp"}


def test_case_50_time_of_the_token(pki, stamped):
    def at(time, span=SPAN, **changes):
        by = tsa(pki.issuer, time)
        return stamped(lambda cms: by.token(imprint(value_of(cms))), owner=pki.person(span=span), **changes)

    assert failed(at(LATER + DAY)) == {"timestamp"}
    before = at(NOW - 2 * DAY, Span(NOW - DAY, NOW + DAY))
    assert outcome(before) == ("TOTAL_FAILED", "NOT_YET_VALID")
    after = at(NOW, Span(NOW - 9 * DAY, NOW - DAY))
    assert outcome(after) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    younger = Expected(iin=IIN, bin=BIN, created_after=NOW - timedelta(minutes=1))
    assert outcome(at(NOW, Span(NOW - 9 * DAY, NOW - DAY), expected=younger)) == ("TOTAL_FAILED", "EXPIRED")


def test_case_50_token_after_the_revocation(pki, authority, check):
    owner = pki.person()
    cms = owner.sign()
    trust = replace(pki, revoked=[(owner.certificate.serial_number, NOW - DAY, COMPROMISED)]).trust()
    kept = evidence(cms, authority.token(imprint(value_of(cms))))
    assert check(cms, trust=trust, evidence=kept, at=LATER).sub_indication == "REVOKED_NO_POE"


def test_case_51_policy(authority, stamped):
    report = stamped(lambda cms: authority.token(imprint(value_of(cms)), policy="1.2.3.4"))
    assert failed(report) == {"timestamp"}


def test_case_51_answer_with_another_nonce(pki, trust, authority):
    """The client compares the nonce with the one it sent."""
    from signatures.clients.http import Http, Unreachable
    from signatures.clients.timestamps import TimestampClient
    from signatures.x509.revocation import NOTHING
    from tests.signatures.services import served

    def replay(nonce, policy=f"{oids.KZ_TIMESTAMP_POLICIES}.4"):
        granted = sequence(der.encode_integer(0))
        return lambda _body: sequence(granted, authority.token(imprint(b"x"), policy, nonce))

    answers = {"/old": replay(der.encode_integer(1)), "/none": replay(b""), "/good": authority.answer}
    with served(answers) as (base, asked):
        client = TimestampClient(Http(), trust, DEFAULT, lambda: NOW, f"{oids.KZ_TIMESTAMP_POLICIES}.2")
        client.stamp(b"x", oids.SHA256, [f"{base}/old", f"{base}/none", f"{base}/good"], lambda _token: NOTHING)
        assert asked == ["/old", "/none", "/good"]
        with pytest.raises(Unreachable, match="nonce"):
            TimestampClient(Http(), trust, DEFAULT, lambda: NOW).stamp(
                b"x", oids.SHA256, [f"{base}/old"], lambda _token: NOTHING
            )


def test_case_52_two_tokens_one_bad(authority, stamped):
    def good(cms):
        return authority.token(imprint(value_of(cms)))

    assert stamped(good, good).passed
    report = stamped(good, lambda _cms: authority.token(imprint(b"other")))
    assert (outcome(report), failed(report)) == (("INDETERMINATE", "NO_POE"), {"timestamp"})


def test_case_52_the_earliest_counts(pki, stamped):
    first, second = tsa(pki.issuer, NOW), tsa(pki.issuer, NOW + DAY)
    report = stamped(lambda cms: second.token(imprint(value_of(cms))), lambda cms: first.token(imprint(value_of(cms))))
    assert report.best_signature_time == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "reason", "passes"),
    [
        (NOW - DAY, COMPROMISED, False),
        (NOW - DAY, SUPERSEDED, False),
        (NOW + DAY, COMPROMISED, False),
        (NOW + DAY, SUPERSEDED, True),
    ],
)
def test_case_53_revoked_authority(pki, check, person, since, reason, passes):
    """RFC 3161, 4.1: after a compromise no token is valid; after other reasons earlier tokens are."""
    by, cms = tsa(pki.issuer), person.sign()
    trust = replace(pki, revoked=[(by.chain[0].serial_number, since, reason)]).trust()
    report = check(cms, trust=trust, evidence=evidence(cms, by.token(imprint(value_of(cms)))), at=LATER)
    assert report.passed == passes
    assert passes or failed(report) == {"timestamp"}


def test_case_53_expired_authority(pki, check, person):
    """Expired at the token's own time, or expired now without proof that the token is older."""
    cms = person.sign()
    for span in (Span(NOW - 9 * DAY, NOW - DAY), Span(NOW + DAY, NOW + 2 * DAY), Span(NOW - DAY, NOW + DAY)):
        kept = evidence(cms, tsa(pki.issuer, span=span).token(imprint(value_of(cms))))
        report = check(cms, evidence=kept, at=LATER)
        assert failed(report) == {"timestamp"}
        assert report.indication == "INDETERMINATE"


def test_a_faded_token_is_passed_over_where_something_else_proves_the_time(pki, check, person):
    cms = person.sign()
    kept = evidence(cms, tsa(pki.issuer, span=Span(NOW - DAY, NOW + DAY)).token(imprint(value_of(cms))))
    assert check(cms, evidence=kept, at=NOW, now=LATER).passed
    forged = evidence(cms, tsa(Pki.make().issuer).token(imprint(value_of(cms))))
    assert failed(check(cms, evidence=forged, at=NOW, now=LATER)) == {"timestamp"}


def test_case_54_sha1_imprint(authority, stamped):
    import hashlib

    def by_sha1(cms):
        return authority.token(sequence(algorithm(SHA1), octets(hashlib.sha1(value_of(cms)).digest())))

    assert failed(stamped(by_sha1)) == {"timestamp"}


def test_case_54_accuracy(authority, stamped):
    """By policy, a token without accuracy is taken as accurate to a minute, or refused."""

    def with_accuracy(accuracy):
        return lambda cms: authority.token(imprint(value_of(cms)), accuracy=accuracy)

    report = stamped(with_accuracy(b""))
    assert report.best_signature_time == NOW + timedelta(minutes=1)
    assert failed(stamped(with_accuracy(b""), policy=replace(DEFAULT, assumed_accuracy=None))) == {"timestamp"}
    day = sequence(der.encode_integer(86_400))
    assert failed(stamped(with_accuracy(day))) == {"timestamp"}
    for seconds in (-5, 2**63, 2**400):
        assert failed(stamped(with_accuracy(sequence(der.encode_integer(seconds))))) == {"timestamp"}


def test_tokens_of_other_forms(authority, person, stamped, trust):
    cms = person.sign()
    good = authority.token(imprint(b"x"))
    other_type = encapsulated(b"x", oids.DATA, authority.key, authority.chain, NOW)
    garbage = encapsulated(b"x", oids.TST_INFO, authority.key, authority.chain, NOW)
    for token in (b"", cms, good[:-1], good + b"\x00", other_type, garbage):
        with pytest.raises(BadTimestamp):
            verify_token(token, b"x", trust=trust, policy=DEFAULT, now=NOW)
    assert failed(stamped(lambda _cms: b"")) == {"timestamp"}


def test_a_bit_of_a_token(authority, trust):
    good = authority.token(imprint(b"x"))
    before = verify_token(good, b"x", trust=trust, policy=DEFAULT, now=NOW)
    for place in range(len(good)):
        spoilt = bytearray(good)
        spoilt[place] ^= 1
        try:
            after = verify_token(bytes(spoilt), b"x", trust=trust, policy=DEFAULT, now=NOW)
        except BadTimestamp:
            continue
        assert after == before


def test_a_token_by_another_key(authority, trust):
    forged = replace(authority, key=ec.generate_private_key(ec.SECP256R1())).token(imprint(b"x"))
    with pytest.raises(BadTimestamp) as found:
        verify_token(forged, b"x", trust=trust, policy=DEFAULT, now=NOW)
    assert found.value.sub_indication == "SIG_CRYPTO_FAILURE"


def test_policy_may_demand_a_timestamp(person, check, stamped):
    demanding = replace(DEFAULT, needs_timestamp=True)
    report = check(person.sign(), policy=demanding)
    assert (outcome(report), failed(report)) == (("INDETERMINATE", "TRY_LATER"), {"timestamp"})
    assert stamped(policy=demanding).passed


def test_refused_request(authority):
    refused = sequence(sequence(der.encode_integer(2)))
    with pytest.raises(ValueError, match="refused the request with status 2"):
        read_token(refused)
    info = read_info(read_token(authority.answer(request(b"x", oids.SHA256, DEFAULT, 7))), DEFAULT)
    assert (info.nonce, info.time) == (7, NOW)
