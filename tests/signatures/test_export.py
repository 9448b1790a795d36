"""Timestamps that the signing program embeds are evidence; the signature with its evidence leaves as CAdES-B-LT."""

import asyncio
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import container
from signatures.asn1 import oids
from signatures.cli import command
from signatures.clients.evidence import Addresses, Collector
from signatures.clients.http import Http
from signatures.cms import parse
from signatures.container import Evidence as Contents
from signatures.evidence.cades import as_cades_lt
from signatures.policy import DEFAULT
from tests.signatures.acts import Court, statement
from tests.signatures.makers import CONTENT, DAY, NOW, Owner, Pki, attribute, octets
from tests.signatures.services import (
    addresses,
    asked,
    evidence,
    imprint,
    lists,
    responder,
    served,
    tsa,
    value_of,
)
from tests.signatures.test_clients import QUICK, answers, bare  # noqa: F401 - fixtures


def embedding(owner: Owner, *tokens: bytes) -> tuple[bytes, bytes]:
    """A signature with timestamps as unsigned attributes, and its value. ECDSA differs each time: the value is kept."""
    plain = owner.sign()
    value = value_of(plain)
    made = [attribute(oids.SIGNATURE_TIMESTAMP, token) for token in tokens]
    return owner.sign(signature=value, unsigned=made), value


def stamped_at(owner: Owner, pki: Pki, at) -> tuple[bytes, bytes]:
    """As NCALayer signs: with a timestamp over the value."""
    plain = owner.sign()
    token = tsa(pki.issuer, at).token(imprint(value_of(plain)))
    return owner.sign(signature=value_of(plain), unsigned=[attribute(oids.SIGNATURE_TIMESTAMP, token)]), token


def test_embedded_timestamps_are_taken_over_as_evidence(answers, bare, pki, person, check):  # noqa: F811
    """With no timestamp authority of our own; the time of the signature is the token's, not that of its arrival."""
    cms, token = stamped_at(person, pki, NOW - timedelta(minutes=10))
    with served(answers) as (base, _):
        collector = Collector(addresses(base, tsa=()), bare, clock=lambda: NOW)
        found = collector.collect(cms, CONTENT)
    assert found.missing == ()
    assert found.evidence.timestamps == (token,)
    report = check(cms, trust=bare, evidence=found.evidence, policy=replace(DEFAULT, needs_timestamp=True))
    assert report.passed
    assert report.best_signature_time < NOW - timedelta(minutes=8)


def test_our_own_timestamp_stands_beside_it(answers, bare, pki, person, check):  # noqa: F811
    cms, token = stamped_at(person, pki, NOW)
    with served(answers) as (base, _):
        found = Collector(addresses(base), bare, clock=lambda: NOW).collect(cms, CONTENT)
    assert found.evidence.timestamps[0] == token
    assert len(found.evidence.timestamps) == 2
    assert check(cms, trust=bare, evidence=found.evidence).passed


def useless(pki: Pki, person: Owner) -> dict[str, bytes]:
    other = value_of(person.sign(b"another"))
    return {
        "over another signature": tsa(pki.issuer).token(imprint(other)),
        "of a stranger": tsa(Pki.make().issuer).token(imprint(other)),
        "of tomorrow": tsa(pki.issuer, NOW + DAY).token(imprint(other)),
        "no token": octets(b"x"),
    }


@pytest.mark.parametrize("name", ["over another signature", "of a stranger", "of tomorrow", "no token"])
def test_a_useless_embedded_timestamp_is_named_and_left_out(answers, bare, pki, person, check, name):  # noqa: F811
    """It is a passenger of the signature, which anybody can add: it neither proves nor spoils anything."""
    cms, _value = embedding(person, useless(pki, person)[name])
    with served(answers) as (base, _):
        found = Collector(addresses(base), bare, clock=lambda: NOW).collect(cms, CONTENT)
    assert [entry for entry in found.missing if entry.startswith("timestamp in the signature: ")]
    assert len(found.evidence.timestamps) == 1
    assert check(cms, trust=bare, evidence=found.evidence).passed


def test_only_so_many_embedded_timestamps_are_looked_at(trust, pki, person):
    token = tsa(pki.issuer).token(imprint(b"x"))
    cms, _value = embedding(person, *[token] * 20)
    found = Collector(Addresses(), trust, http=Http(QUICK), clock=lambda: NOW).collect(cms, CONTENT)
    assert len(found.missing) == DEFAULT.max_timestamps - 1


# -- CAdES-B-LT ------------------------------------------------------------------------------------------------------


@pytest.fixture
def complete(pki, person):
    """Evidence with a timestamp, OCSP responses and lists."""
    cms = person.sign()
    token = tsa(pki.issuer).token(imprint(value_of(cms)))
    chain = tuple(certificate.public_bytes(Encoding.DER) for certificate in person.chain)
    by = responder(pki.issuer)
    return evidence(cms, token, ocsp=(asked(person, by),), crls=lists(pki), certificates=chain)


def test_the_export_is_the_same_signature(check, complete):
    made = as_cades_lt(complete)
    before, after = parse(complete.cms, DEFAULT), parse(made, DEFAULT)
    assert (after.signer.signed, after.signer.signature) == (before.signer.signed, before.signer.signature)
    assert check(made).passed
    assert check(made).signature_sha256 == check(complete.cms).signature_sha256
    assert {facts.der for facts in before.certificates} <= {facts.der for facts in after.certificates}
    (stamp,) = after.signer.unsigned
    assert (stamp.oid, stamp.values[0].raw) == (oids.SIGNATURE_TIMESTAMP, complete.timestamps[0])


def test_an_embedded_timestamp_is_not_added_twice(pki, person):
    cms, token = stamped_at(person, pki, NOW)
    made = as_cades_lt(evidence(cms, token, tsa(pki.issuer).token(imprint(value_of(cms))), crls=lists(pki)))
    unsigned = parse(made, DEFAULT).signer.unsigned
    assert len(unsigned) == 2
    assert [entry.values[0].raw for entry in unsigned].count(token) == 1
    assert as_cades_lt(evidence(made, token, crls=lists(pki))).count(token) == 1


@pytest.mark.parametrize("without", ["timestamps", "sources"])
def test_what_proves_too_little_is_not_exported(complete, without):
    poor = replace(complete, **{without: type(getattr(complete, without))()})
    with pytest.raises(ValueError, match="needs a timestamp and revocation data"):
        as_cades_lt(poor)


def test_openssl_needs_nothing_but_the_root(pki, complete, tmp_path):
    """Certificates and revocation lists are in the signature itself."""
    (tmp_path / "cms").write_bytes(as_cades_lt(complete))
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "ca.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    command_line = "openssl cms -verify -cades -binary -inform DER -in cms -content content -CAfile ca.pem"
    options = f"-crl_check_all -purpose smimesign -no-CApath -no-CAstore -attime {int(NOW.timestamp())} -out out"
    done = subprocess.run([*command_line.split(), *options.split()], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_pyhanko_reads_it_as_long_term(pki, complete):
    """Level B-LT by pyHanko: timestamp, certificates and revocation data found inside, nothing fetched."""
    from asn1crypto import cms as other_cms
    from asn1crypto import x509 as other
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    signed = other_cms.ContentInfo.load(as_cades_lt(complete))["content"]
    names = [choice.name for choice in signed["crls"]]
    assert sorted(names) == ["crl", "crl", "other"]
    root = other.Certificate.load(pki.root.certificate.public_bytes(Encoding.DER))
    found = [choice.chosen.dump() for choice in signed["crls"] if choice.name == "crl"]
    context = ValidationContext(
        trust_roots=[root], allow_fetching=False, revocation_mode="require", moment=NOW, crls=found
    )
    status = asyncio.run(async_validate_detached_cms(CONTENT, signed, context))
    assert status.intact
    assert status.valid
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.intact


def test_the_command_exports_the_act_of_a_container(tmp_path, capfdbinary):
    court = Court()
    act = court.motion()
    token = tsa(court.pki.issuer).token(imprint(value_of(act.cms)))
    kept = evidence(act.cms, token, content=act.act_json, crls=lists(court.pki))
    source, out = tmp_path / "act.zip", tmp_path / "act.p7s"
    source.write_bytes(container.write(Contents(replace(act, evidence=kept.dumps()))))
    assert command.main(["export", str(source), "--out", str(out)]) == 0
    assert out.read_bytes() == as_cades_lt(kept)
    # It replaces nothing, and an act without evidence has nothing to export.
    assert command.main(["export", str(source), "--out", str(out)]) == 3
    source.write_bytes(container.write(Contents(court.act(statement(1, "motion", None)))))
    assert command.main(["export", str(source), "--out", str(tmp_path / "other.p7s")]) == 3
    assert b"no evidence of its signature" in capfdbinary.readouterr().err
