"""S-F5: a certificate with a serial number that RFC 5280 forbids is refused, and nothing raises."""

from dataclasses import replace

import pytest
from cryptography.x509 import load_der_x509_certificate

from signatures.asn1 import der
from signatures.policy import DEFAULT
from signatures.x509 import ocsp
from tests.signatures.conftest import failed
from tests.signatures.makers import NOW, P256_KEY, SPAN, Owner, Pki, sequence
from tests.signatures.mutations import tree
from tests.signatures.services import asked, evidence, imprint, lists, responder, tsa, value_of

FORBIDDEN = {"negative": -5, "zero": 0, "too long": 1 << 159, "far too long": 1 << 400, "minus one": -1}


def numbered(certificate, issuer, serial: int):
    """The certificate with another serial number, signed again by its issuer."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    tbs, algorithm, _value = tree(certificate.public_bytes(Encoding.DER)).children
    length = max(1, (serial.bit_length() // 8) + 1)
    tbs.children[1].content = serial.to_bytes(length, "big", signed=True)
    body = tbs.encode()
    value = der.encode(der.BIT_STRING, b"\x00", issuer.key.sign(body, ec.ECDSA(hashes.SHA256())))
    return load_der_x509_certificate(sequence(body, algorithm.encode(), value))


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_s_f5_a_signers_serial_number(pki, check, name):
    person = pki.person()
    odd = Owner(P256_KEY, numbered(person.certificate, pki.issuer, FORBIDDEN[name]), person.chain)
    cms = odd.sign()
    for kept in (None, evidence(cms, crls=lists(pki))):
        report = check(cms, evidence=kept)
        assert report.indication == "INDETERMINATE"
        assert "certificate" in failed(report)


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_s_f5_an_authoritys_serial_number(pki, name):
    odd = Pki(pki.root, replace(pki.issuer, certificate=numbered(pki.issuer.certificate, pki.root, FORBIDDEN[name])))
    from signatures import Expected, verify
    from tests.signatures.makers import CONTENT

    report = verify(odd.person().sign(), CONTENT, trust=odd.trust(), expected=Expected(), at=NOW)
    assert "authorities" in failed(report)


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_s_f5_a_responders_and_a_timestamp_authoritys(pki, person, check, name):
    bare = pki.trust(lists=[pki.root.revocation_list(SPAN)])
    by = responder(pki.issuer)
    by = replace(by, certificate=numbered(by.certificate, pki.issuer, FORBIDDEN[name]))
    with pytest.raises(ocsp.Unusable):
        ocsp.read(asked(person, by), bare, DEFAULT)
    stamper = tsa(pki.issuer)
    stamper = replace(stamper, chain=(numbered(stamper.chain[0], pki.issuer, FORBIDDEN[name]), *stamper.chain[1:]))
    cms = person.sign()
    token = stamper.token(imprint(value_of(cms)))
    assert failed(check(cms, evidence=evidence(cms, token))) == {"timestamp"}
