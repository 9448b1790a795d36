"""GOST: the vectors of the standards, then certificates, lists and CMS in Kazakhstan's encodings.

The vectors were compared value by value, on 21 November 2026, with what other projects took from the same standards:

* GnuPG's libgcrypt (github.com/gpg/libgcrypt, e099ccfe): ``tests/basic.c``;
* gost-engine of OpenSSL (github.com/gost-engine/engine, a34a05e2): ``test_digest.c``, ``etalon/``, ``gost_params.c``,
  ``gost89.c``, ``gosthash2012_const.h``;
* PyGOST (github.com/mosquito/pygost, dfa5e690): ``pygost/test_gost3410.py``, ``test_gost341194.py``,
  ``test_gost34112012.py``.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from signatures import TrustStore
from signatures.asn1 import der, oids
from signatures.crypto.algorithms import DIGESTS, AlgorithmIdentifier, Unsuitable, check_signature
from signatures.crypto.gost import curves, hash_94
from signatures.crypto.gost.curves import Curve, combine
from signatures.crypto.gost.hash_94 import gost34311
from signatures.crypto.gost.streebog import streebog256, streebog512
from signatures.crypto.gost.verify import matches, read_point
from signatures.demo.issuing import RESPONDER, TIMESTAMPING, authority_name
from signatures.demo.services import Responder, TimestampAuthority
from tests.signatures.conftest import failed
from tests.signatures.gost_makers import FAMILIES, GostKey, GostPki
from tests.signatures.makers import CONTENT, NOW, algorithm, attribute, ess, octets, sequence
from tests.signatures.services import asked, evidence, imprint, value_of

# RFC 6986, 10.1 and 10.2 (GOST R 34.11-2012, A.1 and A.2), printed with the last octet first. Also in libgcrypt, PyGOST
# and gost-engine, which names the sections.
M1 = b"012345678901234567890123456789012345678901234567890123456789012"
M2 = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы".encode("cp1251")
STREEBOG = [
    (streebog512, M1, ("486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00"
                      "fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b")),
    (streebog256, M1, "00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d"),
    (streebog512, M2, ("28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f03"
                      "7613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e")),
    (streebog256, M2, "508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d"),
]  # fmt: skip

# The empty message, and a sum with carries through all octets: gost-engine's etalon/M3 and etalon/carry, the latter
# also in libgcrypt; in the order of the octets.
CARRY = bytes.fromhex("ee" * 64 + "16" + "11" * 62 + "16")
STREEBOG_USUAL = [
    (streebog512, b"", ("8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7"
                        "362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a")),
    (streebog256, b"", "3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb"),
    (streebog512, CARRY, ("8b06f41e59907d9636e892caf5942fcdfb71fa31169a5e70f0edb873664df41c"
                          "2cce6e06dc6755d15a61cdeb92bd607cc4aaca6732bf3568a23a210dd520fd41")),
    (streebog256, CARRY, "81bb632fa31fcc38b4c379a662dbc58b9bed83f50d3a1b2ce7271ab02d25babb"),
]  # fmt: skip

# RFC 5831, 7.3, also printed with the last octet first: libgcrypt and PyGOST. Then the usual vectors for lengths around
# a block, in the order of the octets: PyGOST; the empty message also in libgcrypt.
GOST_94 = [
    (b"This is message, length=32 bytes", "faff37a615a816691cff3ef8b68ca247e09525f39f8119832eb81975d366c4b1"),
    (
        b"Suppose the original message has length = 50 bytes",
        "0852f5623b89dd57aeb4781fe54df14eeafbc1350613763a0d770aa657ba1a47",
    ),
]
FOX = b"The quick brown fox jumps over the lazy dog"
GOST_94_USUAL = [
    (b"", "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"),
    (b"a", "d42c539e367c66e9c88a801f6649349c21871b4344c6a573f849fdce62f314dd"),
    (b"abc", "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"),
    (FOX, "77b7fa410c9ac58a25f49bca7d0468c9296529315eaca76bd1a10f376d1f4294"),
    (b"message digest", "ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d"),
    (b"U" * 128, "53a3a3ed25180cef0c1d85a074273e551c25660a87062a52d926a9e8fe5733a4"),
]
# The same algorithm with the other S-box, id-GostR3411-94-CryptoProParamSet (RFC 4357, 11.2): nodes of gost-engine's
# gost89.c, the lowest four bits first, and the digests of PyGOST. Kazakhstan does not use it.
CRYPTOPRO_NODES = (
    *("a4568137dce092bf", "5f402db91763cea8", "7fce94103b526a8d", "4a7c0f28e165db93"),
    *("764b9c2a180efd35", "7624d9f0a15b8ec3", "de41705a3c8f629b", "13a95b4f867ed02c"),
)
GOST_94_CRYPTOPRO = [
    (b"", "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0"),
    (b"abc", "b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c"),
    (FOX, "9004294a361a508c586fe53d1f1b02746765e71b765472786e4770d565830a76"),
    (b"This is message, length=32 bytes", "2cefc2f7b7bdc514e18ea57fa74ff357e7fa17d652c75f69cb1be7893ede48eb"),
    (
        b"Suppose the original message has length = 50 bytes",
        "c3730c5cbccacf915ac292676f21e8bd4ef75331d9405e5f1a61dc3130a65011",
    ),
    (b"U" * 128, "1c4ac7614691bbf427fa2316216be8f10d92edfd37cd1027514c1008f649c4e8"),
]

# RFC 7091, 7.1 (the example of RFC 5832, 7, for GOST R 34.10-2001, from which 34.310-2004 comes) and 7.2: curves as in
# gost-engine's gost_params.c, the rest as in PyGOST, which names RFC 5832 and the standard.
EXAMPLE_256 = Curve(
    "RFC 7091, 7.1",
    p=0x8000000000000000000000000000000000000000000000000000000000000431,
    a=7,
    b=0x5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E,
    q=0x8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3,
    base=(2, 0x08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8),
    size=32,
)
EXAMPLE_512 = Curve(
    "RFC 7091, 7.2",
    p=int(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D"
        "F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373",
        16,
    ),
    a=7,
    b=int(
        "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43"
        "61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
        16,
    ),
    q=int(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D"
        "A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
        16,
    ),
    base=(
        int(
            "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762"
            "FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
            16,
        ),
        int(
            "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C"
            "83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E",
            16,
        ),
    ),
    size=64,
)
# Curve, private key, e, k, public key, r and s: big-endian, as printed.
EXAMPLES = [
    (
        EXAMPLE_256,
        "7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28",
        "2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5",
        "77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3",
        (
            "7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80b"
            "26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77da"
        ),
        (
            "41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493"
            "01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40"
        ),
    ),
    (
        EXAMPLE_512,
        (
            "0ba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b1020"
            "72e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4"
        ),
        (
            "3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c591"
            "7184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8c"
        ),
        (
            "0359e7f4b1410feacc570456c6801496946312120b39d019d455986e364f3658"
            "86748ed7a44b3e794434006011842286212273a6d14cf70ea3af71bb1ae679f1"
        ),
        (
            "115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd"
            "5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1"
            "37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61"
            "ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beec"
        ),
        (
            "2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd3"
            "5492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36"
            "1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5"
            "823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4a"
        ),
    ),
]


# RFC 8133, appendix A: a multiple of the base point of each curve that Kazakhstan adopted, as in PyGOST.
MULTIPLES = [
    (
        curves.KZ_2004,
        0x1F2538097D5A031FA68BBB43C84D12B3DE47B7061C0D5E24993E0C873CDBA6B3,
        (
            0xBBC77CF42DC1E62D06227935379B4AA4D14FEA4F565DDF4CB4FA4D31579F9676,
            0x8E16604A4AFDF28246684D4996274781F6CB80ABBBA1414C1513EC988509DABF,
        ),
    ),
    (
        curves.KZ_2015_256,
        0x147B72F6684FB8FD1B418A899F7DBECAF5FCE60B13685BAA95328654A7F0707F,
        (
            0x33FBAC14EAE538275A769417829C431BD9FA622B6F02427EF55BD60EE6BC2888,
            0x22F2EBCF960A82E6CDB4042D3DDDA511B2FBA925383C2273D952EA2D406EAE46,
        ),
    ),
    (
        curves.KZ_2015_512,
        int(
            "3CE54325DB52FE798824AEAD11BB16FA766857D04A4AF7D468672F16D90E7396"
            "046A46F815693E85B1CE5464DA9270181F82333B0715057BBE8D61D400505F0E",
            16,
        ),
        (
            int(
                "B93093EB0FCC463239B7DF276E09E592FCFC9B635504EA4531655D76A0A3078E"
                "2B4E51CFE2FA400CC5DE9FBE369DB204B3E8ED7EDD85EE5CCA654C1AED70E396",
                16,
            ),
            int(
                "809770B8D910EA30BD2FA89736E91DC31815D2D9B31128077EEDC371E9F69466"
                "F497DC64DD5B1FADC587F860EE256109138C4A9CD96B628E65A8F590520FC882",
                16,
            ),
        ),
    ),
]


@pytest.mark.parametrize(("compute", "message", "printed"), STREEBOG)
def test_streebog_of_rfc_6986(compute, message, printed):
    """RFC 6986, 10.1.1, 10.1.2, 10.2.1 and 10.2.2: libgcrypt ``tests/basic.c``, gost-engine ``test_digest.c``."""
    assert compute(message)[::-1].hex() == printed


@pytest.mark.parametrize(("compute", "message", "digest"), STREEBOG_USUAL)
def test_streebog_of_nothing_and_with_carries(compute, message, digest):
    """gost-engine ``etalon/dgst.result``, M3 and carry; the latter in libgcrypt ``tests/basic.c`` as well."""
    assert compute(message).hex() == digest


@pytest.mark.parametrize(("message", "printed"), GOST_94)
def test_hash_of_rfc_5831(message, printed):
    """RFC 5831, 7.3: libgcrypt ``tests/basic.c``, PyGOST ``test_gost341194.py``."""
    assert gost34311(message)[::-1].hex() == printed


@pytest.mark.parametrize(("message", "digest"), GOST_94_USUAL)
def test_hash_with_the_test_s_box(message, digest):
    """PyGOST ``test_gost341194.py``, TestVectors; libgcrypt ``tests/basic.c`` for the empty message."""
    assert gost34311(message).hex() == digest


@pytest.fixture
def cryptopro(monkeypatch) -> Iterator[None]:
    """The hash with the other S-box."""
    nodes = tuple(bytes.fromhex("".join(f"0{digit}" for digit in node)) for node in CRYPTOPRO_NODES)
    monkeypatch.setattr(hash_94, "NODES", nodes)
    hash_94._tables.cache_clear()
    yield
    hash_94._tables.cache_clear()


@pytest.mark.parametrize(("message", "digest"), GOST_94_CRYPTOPRO)
def test_hash_with_the_s_box_of_cryptopro(cryptopro, message, digest):
    """PyGOST ``test_gost341194.py``, TestVectorsCryptoPro: all but the S-box is the same."""
    assert gost34311(message).hex() == digest


def _little(curve: Curve, printed: str) -> bytes:
    """Two big-endian halves, as printed, in Kazakhstan's encoding."""
    data = bytes.fromhex(printed)
    return data[: curve.size][::-1] + data[curve.size :][::-1]


@pytest.mark.parametrize(("curve", "secret", "digest", "nonce", "public", "signature"), EXAMPLES)
def test_examples_of_rfc_7091(curve, secret, digest, nonce, public, signature):
    """RFC 7091, 7.1 (RFC 5832, 7) and 7.2, of 256 and 512 bits: PyGOST ``test_gost3410.py``, test_rfc, test_gcl3."""
    key = read_point(curve, _little(curve, public))
    assert combine(curve, int(secret, 16), curve.base, 0) == key
    e, value = bytes.fromhex(digest)[::-1], _little(curve, signature)
    signer = GostKey(replace(FAMILIES["2015-256"], curve=curve), int(secret, 16))
    assert signer.sign_digest(e, int(nonce, 16)) == value
    assert matches(curve, key, e, value)
    assert not matches(curve, key, bytes([e[0] ^ 1]) + e[1:], value)


@pytest.mark.parametrize(("curve", "number", "point"), MULTIPLES, ids=lambda value: getattr(value, "name", ""))
def test_multiples_of_rfc_8133(curve, number, point):
    """RFC 8133, appendix A, for our three curves: PyGOST ``test_gost3410.py``, Test34102012SESPAKE."""
    assert combine(curve, number, curve.base, 0) == point


@pytest.mark.parametrize("curve", [family.curve for family in FAMILIES.values()], ids=FAMILIES)
def test_curves_of_tc26(curve):
    """RFC 7836, A.1 and A.2, and RFC 4357, 11.4: the numbers of gost-engine's ``gost_params.c``.

    Checks that the base point is on its curve and has the stated order.
    """
    assert curve.holds(curve.base)
    assert combine(curve, curve.q, curve.base, 0) is None
    assert combine(curve, curve.q - 1, curve.base, 0) == (curve.base[0], curve.p - curve.base[1])
    assert combine(curve, 5, curve.base, 7) == combine(curve, 12, curve.base, 0)
    assert combine(curve, 3, curve.base, -3 % curve.q) is None


def test_a_point_of_small_order_is_no_key():
    """The curve of 256 bits has four times as many points as its group."""
    curve = curves.KZ_2015_256
    x = next(x for x in range(2, 50) if not _is_of_order_q(curve, x))
    assert not curve.holds((x, _root(curve, x)))


def _root(curve: Curve, x: int) -> int:
    """A y for x, if there is one; p is 3 modulo 4."""
    return pow(x**3 + curve.a * x + curve.b, (curve.p + 1) // 4, curve.p)


def _is_of_order_q(curve: Curve, x: int) -> bool:
    y = _root(curve, x)
    on_curve = (y * y - x**3 - curve.a * x - curve.b) % curve.p == 0
    return not on_curve or combine(curve, 0, (x, y), curve.q) is None


@pytest.fixture(scope="module", params=FAMILIES)
def gost(request) -> GostPki:
    return GostPki(request.param)


def test_signature_chain_and_lists_of_gost(gost, check):
    report = check(gost.person().sign(), trust=gost.trust())
    assert report.passed, report.failures
    assert "GOST" in report.algorithm


def test_the_key_may_stand_for_the_algorithm(gost, check):
    """Kazakhstan's Java provider names the key's algorithm in place of the signature's."""
    cms = gost.person().sign(algorithm=algorithm(gost.key.family.key))
    assert check(cms, trust=gost.trust()).passed


def test_case_24_other_content_or_bit(gost, check):
    person = gost.person()
    assert failed(check(person.sign(), CONTENT + b" ", trust=gost.trust())) == {"message-digest"}
    value = bytearray(person.gost.sign(CONTENT))
    report = check(person.sign(signature=bytes(value)), trust=gost.trust())
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "SIG_CRYPTO_FAILURE")


def _checked(owner, value: bytes) -> None:
    family = owner.gost.family
    check_signature(
        owner.certificate, value, CONTENT, AlgorithmIdentifier(family.signature), AlgorithmIdentifier(family.digest)
    )


def test_case_24_order_of_octets_and_numbers(gost):
    owner = gost.person()
    size, value = gost.key.family.curve.size, owner.gost.sign(CONTENT)
    _checked(owner, value)
    r, s = value[:size], value[size:]
    zero, order = bytes(size), gost.key.family.curve.q.to_bytes(size, "little")
    for spoilt in (s + r, r[::-1] + s[::-1], s[::-1] + r[::-1], zero + s, r + zero, order + s, r + order, value[:-1]):
        with pytest.raises(InvalidSignature):
            _checked(owner, spoilt)


def test_case_24_digest_read_the_wrong_way(gost):
    """The number e is the digest read as little-endian; read as big-endian it is another number."""
    owner = gost.person()
    digest = DIGESTS[gost.key.family.digest].compute(CONTENT)
    with pytest.raises(InvalidSignature):
        _checked(owner, owner.gost.sign_digest(digest[::-1]))


def test_case_24_key_off_the_curve(gost, check):
    owner = gost.person()
    public = bytearray(owner.gost.public)
    for spoilt in (bytes([public[0] ^ 1]) + public[1:], bytes(len(public)), public[:-1], public[::-1]):
        person = gost.person(owner.gost, bytes(spoilt))
        report = check(person.sign(), trust=gost.trust())
        assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
        assert failed(report) == {"signature"}


def test_case_24_mixed_families(check):
    """A key of 512 bits with algorithm or digest of 256 bits, and SHA-256 under the name of Streebog-512."""
    gost = GostPki("2015-512")
    person = gost.person()
    short, trust = FAMILIES["2015-256"], gost.trust()
    wrong = [
        {"algorithm": algorithm(short.signature)},
        {"digest": short.digest},
        {"digest": oids.SHA256},
        {"digest": short.digest, "algorithm": algorithm(short.signature)},
        {"algorithm": algorithm(short.signature, der.encode_oid(short.digest))},
    ]
    for changes in wrong:
        report = check(person.sign(**changes), trust=trust)
        assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE", changes
    assert "message-digest" in failed(check(person.sign(CONTENT + b"x"), trust=trust))
    value = person.gost.sign_digest(hashlib.sha256(CONTENT).digest() * 2)
    with pytest.raises(InvalidSignature):
        _checked(person, value)


def test_case_24_wrong_s_box(check):
    """The digest of the empty message with CryptoPro's S-box: the same algorithm, other nodes."""
    cryptopro = "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0"
    assert gost34311(b"").hex() != cryptopro
    gost = GostPki("2004")
    owner = gost.person()
    value = owner.gost.sign_digest(bytes.fromhex(cryptopro))
    family = owner.gost.family
    named = AlgorithmIdentifier(family.signature), AlgorithmIdentifier(family.digest)
    with pytest.raises(InvalidSignature):
        check_signature(owner.certificate, value, b"", *named)


def test_another_kind_of_key(gost, person):
    """An ordinary key under a GOST algorithm identifier."""
    family = gost.key.family
    named = AlgorithmIdentifier(family.signature), AlgorithmIdentifier(family.digest)
    with pytest.raises(Unsuitable, match="is not one of"):
        check_signature(person.certificate, b"x" * 2 * family.curve.size, CONTENT, *named)


def _token(gost: GostPki, stamped: bytes) -> bytes:
    """A timestamp in the form of Kazakhstan's authority: imprint, signature and certificate with GOST."""
    owner, family = gost.issue(authority_name("TEST TSA"), TIMESTAMPING), gost.key.family
    info = TimestampAuthority(None, (), lambda: NOW).info(imprint(stamped, family.digest))
    attributes = [
        attribute(oids.CONTENT_TYPE, der.encode_oid(oids.TST_INFO)),
        attribute(oids.MESSAGE_DIGEST, octets(DIGESTS[family.digest].compute(info))),
        ess(owner.certificate),
    ]
    carried = sequence(der.encode_oid(oids.TST_INFO), der.encode(0xA0, octets(info)))
    return owner.sign(info, attributes=attributes, content_info=carried)


def _answer(gost: GostPki, person) -> bytes:
    """An OCSP response signed with GOST: made with another key, then signed again."""
    owner = gost.issue(authority_name("TEST OCSP"), RESPONDER)
    by = Responder(ec.generate_private_key(ec.SECP256R1()), owner.certificate, gost.issuer, clock=lambda: NOW)
    status, wrapped = der.element(asked(person, by)).children()
    kind, inner = wrapped.first().children()
    message, _algorithm, _signature, certificates = der.element(inner.content).children()
    value = der.encode(der.BIT_STRING, b"\x00", owner.gost.sign(message.raw))
    basic = sequence(message.raw, algorithm(owner.gost.family.signature), value, certificates.raw)
    return sequence(status.raw, der.encode(0xA0, sequence(kind.raw, octets(basic))))


def test_timestamps_and_answers_of_gost(gost, check):
    """The signer's certificate has no list; the OCSP answer and the token are from the same authority."""
    person = gost.person()
    cms = person.sign()
    lists = gost.lists()
    trust = TrustStore.of("test", [gost.root, gost.issuer], lists[:1])
    kept = evidence(cms, _token(gost, value_of(cms)), ocsp=(_answer(gost, person),))
    report = check(cms, trust=gost.trust(), evidence=kept)
    assert report.passed, report.failures
    assert report.best_signature_time == NOW
    alone = evidence(cms, ocsp=(_answer(gost, person),))
    assert check(cms, trust=trust, evidence=alone).passed
    other = evidence(cms, _token(gost, b"other"))
    assert failed(check(cms, trust=gost.trust(), evidence=other)) == {"timestamp"}
