"""The 62 cases of signatures that must be refused, each as bytes, and the table that compares other verifiers.

``python -m tests.signatures.cases`` writes docs/reference/signatures-cases.md; a test compares it with the
verifiers' verdicts. Cases that are not CMS signatures name the tests that check them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signatures import Expected
from signatures.asn1 import der, oids
from signatures.demo.issuing import AUTHENTICATION, SIGNING, SIGNING_INDIVIDUAL, TIMESTAMPING, Span
from tests.signatures import case_world as make
from tests.signatures.case_world import World
from tests.signatures.makers import (
    BIN,
    CONTENT,
    DAY,
    IIN,
    NOW,
    RSA_KEY,
    SHA1,
    SPAN,
    Pki,
    algorithm,
    attribute,
    ess,
    octets,
    sequence,
)
from tests.signatures.oracles import ACCEPTS, REFUSES, SILENT, Given
from tests.signatures.services import imprint, responder, tsa, value_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "signatures-cases.md"
LATER = NOW + 5 * DAY
TOKEN = "1.2.840.113549.1.9.16.2.14"
COMPROMISE, HOLD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold


# Reasons why another verifier's verdict may differ.
STRICT = "we take one form only; it reads what it can"
BARE = "it does not ask for signed attributes, which is what makes the forgery of case 11 possible"
MEANING = "whose signature it must be, and for what, is our question: it is not told"
NO_TIME = "it does not look at timestamps"
NO_OCSP = "it takes no OCSP responses with a CMS signature"
LIMIT = "it has no limit"
TYPE = "it does not ask whether the content is data"
OLD = "its default policy still takes that algorithm or key"
NATIONAL = "it does not know Kazakhstan's GOST at all, so it refuses good ones too"


@dataclass(frozen=True)
class Case:
    """``pyhanko`` and ``openssl``: why the verdict of each differs, if it does."""

    number: int
    what: str
    make: Callable[[World], Given]
    pyhanko: str = ""
    openssl: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """A case that is not a CMS signature; ``where`` it is checked."""

    number: int
    what: str
    where: str


SERIAL = x509.NameOID.SERIAL_NUMBER
CASES: tuple[Case | Elsewhere, ...] = (
    Case(0, "a good signature, to compare", lambda w: w.given(w.good)),
    Case(0, "a good signature with a good timestamp, five days later", lambda w: w.stamped(w.token())),
    Case(0, "a good signature, revocation by OCSP", lambda w: w.asked(responder(w.pki.issuer)), openssl=NO_OCSP),
    Case(0, "a good signature of GOST", make.gost, NATIONAL, NATIONAL),
    Case(1, "PEM of another type", lambda w: w.given(make.pem(w, "CERTIFICATE")), STRICT, STRICT),
    Case(1, "two PEM blocks", lambda w: w.given(make.pem(w) * 2), STRICT, STRICT),
    Case(2, "a byte after the end", lambda w: w.given(w.good + b"\x00"), STRICT, STRICT),
    Case(
        3,
        "indefinite length",
        lambda w: w.given(b"\x30\x80" + der.element(w.good).content + b"\x00\x00"),
        STRICT,
        STRICT,
    ),
    Case(4, "two signers", lambda w: w.signed(infos=2), "", "it asks only that each signer is good"),
    Case(
        4,
        "nine certificates",
        lambda w: w.signed(certificates=[w.person.certificate] * 9),
        LIMIT,
        LIMIT,
    ),
    Case(
        5,
        "2,000 attributes",
        lambda w: w.signed(more=[attribute(f"1.2.3.{n}", b"\x05\x00") for n in range(2000)]),
        LIMIT,
        LIMIT,
    ),
    Case(6, "content type is not signed data", lambda w: w.signed(content_type=oids.DATA)),
    Case(
        6,
        "content is not of type data",
        lambda w: w.signed(content_info=sequence(der.encode_oid(oids.SIGNED_DATA))),
        openssl=TYPE,
    ),
    Case(7, "content inside", make.inside, openssl="it takes content inside as well"),
    Case(8, "no certificate of the signer", lambda w: w.signed(certificates=w.person.chain)),
    Case(8, "two certificates fit", make.second_certificate, openssl="it takes the first that fits"),
    Elsewhere(
        9,
        "30 cross-signed authorities",
        "more than 8 certificates are refused before any is read; paths lead over pinned ones only",
    ),
    Case(10, "no signed attributes", lambda w: w.signed(signed=False), BARE, BARE),
    Case(11, "signed attributes passed off as content", make.attributes_as_content, BARE, BARE),
    Case(12, "messageDigest missing", lambda w: w.signed(without=oids.MESSAGE_DIGEST)),
    Case(12, "messageDigest twice", lambda w: w.signed(more=[attribute(oids.MESSAGE_DIGEST, octets(b"x" * 32))])),
    Case(13, "contentType missing", lambda w: w.signed(without=oids.CONTENT_TYPE)),
    Case(
        13,
        "contentType is another",
        lambda w: w.signed(
            without=oids.CONTENT_TYPE, more=[attribute(oids.CONTENT_TYPE, der.encode_oid(oids.SIGNED_DATA))]
        ),
        openssl=TYPE,
    ),
    Case(
        14,
        "signingCertificateV2 missing",
        lambda w: w.signed(without=oids.SIGNING_CERTIFICATE_V2),
        "it asks for it in CAdES only when told to",
    ),
    Case(
        14,
        "signingCertificateV2 with another digest",
        lambda w: w.signed(without=oids.SIGNING_CERTIFICATE_V2, more=[ess(w.person.certificate, digest=b"x" * 32)]),
    ),
    Case(
        15,
        "attributes not in DER order",
        lambda w: w.signed(sort=False),
        STRICT,
        STRICT,
    ),
    Case(
        16,
        "signingTime twice",
        lambda w: w.signed(more=[attribute(oids.SIGNING_TIME, der.encode(der.UTC_TIME, b"260101000000Z"))]),
        STRICT,
    ),
    Case(
        17,
        "cmsAlgorithmProtection names other algorithms",
        lambda w: w.signed(
            more=[
                attribute(
                    oids.ALGORITHM_PROTECTION,
                    sequence(algorithm(oids.SHA512), der.encode(0xA1, algorithm(oids.ECDSA_SHA256)[2:])),
                )
            ]
        ),
        "",
        "it does not look at it",
    ),
    Case(
        18,
        "countersignature among the signed attributes",
        lambda w: w.signed(more=[attribute(oids.COUNTER_SIGNATURE, sequence())]),
        STRICT,
    ),
    Case(19, "another content", lambda w: w.given(w.good, CONTENT + b" ")),
    Case(19, "one bit of the signature", lambda w: w.given(make.flipped(w.good, len(w.good) - 3))),
    Case(20, "SHA-1", make.with_sha1, openssl=OLD),
    Case(20, "certificate signed with SHA-1", make.weak_certificate, "", OLD),
    Case(21, "RSA of 1024 bits", lambda w: w.owned(rsa.generate_private_key(65537, 1024)), openssl=OLD),
    Case(21, "RSA with exponent 3", lambda w: w.owned(rsa.generate_private_key(3, 2048)), OLD, OLD),
    Case(21, "curve secp256k1", lambda w: w.owned(ec.generate_private_key(ec.SECP256K1())), OLD, OLD),
    Case(22, "a padding of zeros for RSA", lambda w: w.owned(RSA_KEY, sign={"signature": b"\x00" * 256})),
    Case(23, "ECDSA with r = 0", lambda w: make.low_s(w, lambda _r, s, _n: (0, s))),
    Case(23, "ECDSA with s + n", lambda w: make.low_s(w, lambda r, s, n: (r, s + n))),
    Case(24, "GOST with the octets in the other order", partial(make.gost, signature=make.turned_round)),
    Case(25, "an attacker's authority of the same name", lambda w: w.given(Pki.make().person().sign())),
    Case(26, "a person as authority", make.below_a_person),
    Case(27, "expired", lambda w: w.owned(span=Span(NOW - 2 * DAY, NOW - DAY))),
    Case(27, "not yet valid", lambda w: w.owned(span=Span(NOW + DAY, NOW + 2 * DAY))),
    Case(28, "revoked before", lambda w: w.revoked(NOW - DAY)),
    Case(28, "on hold", lambda w: w.revoked(NOW - DAY, HOLD)),
    Case(28, "revoked after, no timestamp", lambda w: replace(w.revoked(NOW + DAY), at=LATER + DAY)),
    Case(29, "stale list", lambda w: w.listed(w.pki.issuer.revocation_list(Span(NOW - 9 * DAY, NOW - DAY)))),
    Case(29, "list of an attacker", lambda w: w.listed(Pki.make().issuer.revocation_list(SPAN))),
    Case(29, "no list", lambda w: w.given(w.good, lists=[])),
    Case(29, "delta without its base", lambda w: w.listed(w.pki.issuer.revocation_list(SPAN, base=1))),
    Case(30, "answer about another certificate", lambda w: w.asked(responder(w.pki.issuer), w.pki.person())),
    Case(30, "responder without OCSPSigning", lambda w: w.asked(responder(w.pki.issuer, profile=SIGNING))),
    Case(
        30,
        "responder of a stranger",
        lambda w: w.asked(replace(responder(Pki.make().issuer), issuer=w.pki.issuer.certificate)),
    ),
    Case(
        30,
        "answer older than the signature",
        lambda w: w.asked(responder(w.pki.issuer, NOW - DAY)),
    ),
    Case(30, '"revoked since 1970, on hold": never issued', make.never),
    Case(
        31,
        "critical extension that nobody knows",
        lambda w: make.extended(w, (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)),
    ),
    Case(32, "certificate for authentication", lambda w: w.owned(profile=AUTHENTICATION)),
    Case(
        32,
        "no role of the national arc",
        lambda w: w.owned(profile=replace(SIGNING, extended=(oids.EMAIL_PROTECTION,))),
        MEANING,
        MEANING,
    ),
    Case(33, "certificate of an individual", lambda w: w.owned(profile=SIGNING_INDIVIDUAL), MEANING, MEANING),
    Case(34, "an anchor that is not ours", lambda w: w.given(Pki.make("OTHER").person().sign())),
    Case(
        35,
        "another person",
        lambda w: w.given(w.good, expected=Expected(iin="900202400025", bin=BIN)),
        MEANING,
        MEANING,
    ),
    Case(
        36,
        "IIN in full-width digits",
        lambda w: make.subject(w, (SERIAL, "IIN" + "".join(chr(0xFF10 + int(digit)) for digit in IIN))),
        MEANING,
        MEANING,
    ),
    Case(
        36, "IIN twice", lambda w: make.subject(w, (SERIAL, f"IIN{IIN}"), (SERIAL, "IIN900202400025")), MEANING, MEANING
    ),
    Case(
        37,
        "another organisation",
        lambda w: w.given(w.good, expected=Expected(iin=IIN, bin="990940000037")),
        MEANING,
        MEANING,
    ),
    Elsewhere(38, "not in that office or role", "roles and BIN by `Expected`; posts by the service"),
    Case(39, "signature of another act", lambda w: w.given(w.good, b'{"schema":"ecase.act/2"}')),
    Elsewhere(40, "moved to another step", "type, step, case, act, version and the act before are in act.json"),
    Elsewhere(41, "files that are not those signed", "digests in act.json, looked at with the container"),
    Elsewhere(42, "two signatures at once", "the service: one wins; a signature has one identity"),
    Elsewhere(43, "stale or expired challenge", "the service; the challenge is in act.json"),
    Elsewhere(44, "other unsigned attributes", "the same `signature_sha256`, which serves once"),
    Case(
        45,
        "a countersignature",
        lambda w: w.signed(unsigned=[attribute(oids.COUNTER_SIGNATURE, sequence())]),
        STRICT,
        STRICT,
    ),
    Case(
        46,
        "timestamp over another signature",
        lambda w: w.stamped(w.tsa.token(imprint(value_of(w.person.sign(b"{}"))))),
        openssl=NO_TIME,
    ),
    Case(
        47,
        "timestamp over the content",
        lambda w: w.stamped(w.tsa.token(imprint(CONTENT))),
        openssl=NO_TIME,
    ),
    Case(
        48,
        "timestamp of an authority that is not ours",
        lambda w: w.stamped_by(tsa(Pki.make("OTHER").issuer)),
        "",
        NO_TIME,
    ),
    Case(
        49,
        "timestamp with a certificate for signing",
        lambda w: w.stamped_by(tsa(w.pki.issuer, profile=SIGNING)),
        "",
        NO_TIME,
    ),
    Case(
        49,
        "timestamp whose usage is not critical",
        lambda w: w.stamped_by(tsa(w.pki.issuer, profile=replace(TIMESTAMPING, critical=False))),
        "it asks for the usage, not that it is critical",
        NO_TIME,
    ),
    Case(
        50,
        "timestamp of the future",
        lambda w: w.stamped_by(tsa(w.pki.issuer, LATER + DAY)),
        "it lets a timestamp be younger than the time of judging",
        NO_TIME,
    ),
    Case(51, "timestamp under another policy", lambda w: w.stamped(w.token(policy="1.2.3.4")), MEANING, NO_TIME),
    Elsewhere(52, "two timestamps, one bad", "every one that is kept must hold"),
    Case(
        53,
        "timestamp authority expired at that time",
        lambda w: w.stamped_by(tsa(w.pki.issuer, span=Span(NOW - 9 * DAY, NOW - DAY))),
        "",
        NO_TIME,
    ),
    Case(
        54,
        "timestamp over SHA-1",
        lambda w: w.stamped(w.tsa.token(sequence(algorithm(SHA1), octets(make.sha1(value_of(w.good)))))),
        OLD,
        NO_TIME,
    ),
    Elsewhere(55, "JSON that is not canonical", "bytes must equal their own canonical form"),
    Elsewhere(56, "archives with tricks", "`strict_zip`, `asics`"),
    Elsewhere(57, "PDF changed after signing", "no PDF is signed in itself; act.json has its SHA-256"),
    Elsewhere(58, "ten years later", "evidence and its renewals"),
    Elsewhere(59, "evidence missing or altered", "evidence and its renewals"),
    Elsewhere(60, "algorithm past its sunset", "`Policy.sunsets`"),
    Elsewhere(61, "register with a row changed", "consistency of checkpoints; the audit log's own tests"),
    Elsewhere(62, "PKCS#12 that costs too much", "`demo.signer.limits`"),
)


HEAD = """\
# The 62 cases

What must be refused, what our verifier says, and what pyHanko and `openssl cms -verify -cades` say about the same
bytes. The tests are named by these numbers (`grep -rn test_case_28 tests/signatures`); 35 to 44, which are
questions of workflow too, are put through REST in `tests/api/test_signature_cases.py`. This page is written by
`python -m tests.signatures.cases` and checked by `tests/signatures/test_cases.py`.

The others are told everything that we are: authorities, lists, responses, time. pyHanko is asked with revocation
required and with the key usages of a signer; OpenSSL 3.0 with `-x509_strict -crl_check_all -use_deltas` and
`-purpose smimesign`. A dash: not a question that can be put to a verifier of CMS. "says otherwise" names why, wherever
a verdict is not ours.

| case | what | ours | pyHanko | openssl | says otherwise |
|---|---|---|---|---|---|
"""


def row(case: Case | Elsewhere, verdicts: tuple[str, str, str]) -> str:
    """One line of the table."""
    number = str(case.number) if case.number else ""
    if isinstance(case, Elsewhere):
        return f"| {number} | {case.what} | {case.where} | {SILENT} | {SILENT} | |"
    own, hanko, ssl = verdicts
    passed = ACCEPTS if own == "TOTAL_PASSED" else REFUSES
    reasons = (("pyHanko", hanko, case.pyhanko), ("openssl", ssl, case.openssl))
    differing = [(name, why) for name, verdict, why in reasons if verdict != passed]
    same = len(differing) == len(reasons) and differing[0][1] == differing[1][1]
    why = f"both: {differing[0][1]}" if same else "; ".join(f"{name}: {reason}" for name, reason in differing)
    return f"| {number} | {case.what} | {own} | {hanko} | {ssl} | {why} |"


def page(verdicts: dict[int, tuple[str, str, str]]) -> str:
    """The whole page; verdicts by the index of a case in :data:`CASES`."""
    nothing = ("", "", "")
    return HEAD + "\n".join(row(case, verdicts.get(place, nothing)) for place, case in enumerate(CASES)) + "\n"


def verdicts(folder: Path) -> dict[int, tuple[str, str, str]]:
    """The verdicts of all three verifiers on each case that is a CMS signature."""
    from tests.signatures.oracles import openssl, pyhanko

    world, found = World(), {}
    for place, case in enumerate(CASES):
        if isinstance(case, Case):
            given = case.make(world)
            report = make.ours(given)
            found[place] = (
                " ".join(filter(None, (report.indication, report.sub_indication))),
                pyhanko(given),
                openssl(given, folder),
            )
    return found


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(page(verdicts(Path(scratch))), encoding="utf-8")
