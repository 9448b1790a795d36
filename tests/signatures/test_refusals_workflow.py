"""Cases 38 to 44 and 57, as far as the library must refuse them; the service's rules have separate tests."""

from dataclasses import replace

import pytest

from signatures import Expected, container
from signatures import canonical as canonical_json
from signatures.asn1 import oids
from signatures.canonical import canonical
from signatures.cms import parse
from signatures.container import Evidence, archive, strict_zip
from signatures.container.offline import examine
from signatures.demo.issuing import SIGNING
from signatures.policy import DEFAULT
from tests.signatures.acts import PDF, Court, file, statement
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, IIN, NOW, attribute, octets

HEAD = "1.2.398.3.3.4.1.2.1"


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


def changed(**parts) -> dict:
    """The statement of a motion with other values in some parts; a part that is a mapping is changed, not replaced."""
    made = statement(1, "motion", None)
    for name, value in parts.items():
        made[name] = {**made[name], **value} if isinstance(made[name], dict) and isinstance(value, dict) else value
    return made


OTHER_ACTS = {
    "another act": {"act": {"id": "act-2"}},
    "version 2": {"motion": {"version": 2}},
    "another case": {"case": {"id": "d", "number": "265500121000018"}},
    "another motion": {"motion": {"id": "n"}},
    "another installation": {"installation": "ecase-other"},
    "another text": {"payload": {"reasons": "Басқа"}},
}
OTHER_STEPS = {
    "another type": {"act": {"type": "agreement"}},
    "another position": {"act": {"position": 2}},
    "another state": {"act": {"from_state": "submitted"}},
    "after another act": {"previous": {"act": "x", "sha256": "00" * 32, "cms_sha256": "00" * 32}},
    "for another author": {"author": {"role": "prosecutor"}},
}


def test_case_38_certificate_of_another_role_or_office(pki, person, check):
    """Court and role are checked in the certificate; the service checks who held the post at that time."""
    court_bin = Expected(iin=IIN, bin="990940000037")
    assert failed(check(person.sign(), expected=court_bin)) == {"bin"}
    head = Expected(iin=IIN, bin=BIN, roles=frozenset({HEAD}))
    assert failed(check(person.sign(), expected=head)) == {"role"}
    profile = replace(SIGNING, extended=(oids.EMAIL_PROTECTION, oids.KZ_LEGAL_ENTITY, HEAD))
    assert check(pki.person(profile=profile).sign(), expected=head).passed


@pytest.mark.parametrize("name", OTHER_ACTS)
def test_case_39_replay(person, check, name):
    signed, other = canonical(changed()), canonical(changed(**OTHER_ACTS[name]))
    cms = person.sign(signed)
    assert check(cms, signed).passed
    report = check(cms, other)
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "HASH_FAILURE")


@pytest.mark.parametrize("name", OTHER_STEPS)
def test_case_40_moved_to_another_step(person, check, name):
    signed, other = canonical(changed()), canonical(changed(**OTHER_STEPS[name]))
    report = check(person.sign(signed), other)
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "HASH_FAILURE")


def _verdict(court, evidence, **entries):
    """The container with other entries and a matching manifest."""
    found = {entry.name: entry.data for entry in strict_zip.read(container.write(evidence))} | entries
    listed = [
        strict_zip.Entry(name, body) for name, body in found.items() if name != "manifest.json" and body is not None
    ]
    data = strict_zip.write([*listed, archive._manifest(listed)])
    return {(line.name, line.indication) for line in examine(container.read(data), court.trust, NOW).lines}


@pytest.fixture(scope="module")
def with_files(court):
    files = [file("a.pdf", PDF), file("b.pdf", b"second")]
    return Evidence(court.act(changed(files=files)), (), {"a.pdf": PDF, "b.pdf": b"second"})


@pytest.mark.parametrize(
    "entries",
    [
        {"files/a.pdf": b"%PDF-1.7 other"},
        {"files/a.pdf": b"second", "files/b.pdf": PDF},
        {"files/c.pdf": PDF},
        {"files/a.pdf": None, "files/c.pdf": PDF},
    ],
    ids=["altered", "swapped", "added", "renamed"],
)
def test_case_41_files_are_those_that_were_signed(court, with_files, entries):
    assert ("file", "TOTAL_FAILED") in _verdict(court, with_files, **entries)
    assert _verdict(court, with_files) == {
        (name, "TOTAL_PASSED") for name in ("audit-proof", "signature", "file", "chain")
    }


def test_case_41_list_of_files_reordered(person, check):
    files = [file("a.pdf", PDF), file("b.pdf", b"second")]
    cms = person.sign(canonical(changed(files=files)))
    assert failed(check(cms, canonical(changed(files=files[::-1])))) == {"message-digest"}


def test_case_42_which_of_two_signatures_it_is(pki, check):
    """A signature sent twice is one; signatures of two people, or of one person at two times, are two."""
    first, second = pki.person(), pki.person()
    cms, again = first.sign(), first.sign()
    identities = [check(signature).signature_sha256 for signature in (cms, cms, again, second.sign())]
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3


def test_case_43_challenge_of_an_earlier_preparation(person, check):
    """Edited between preparing and submitting, or prepared again: the bytes have another challenge."""
    signed = canonical(changed())
    for challenge in ({"nonce": "11" * 16}, {"issued_at": "2026-11-21T08:59:01.000000Z"}):
        assert failed(check(person.sign(signed), canonical(changed(challenge=challenge)))) == {"message-digest"}


def test_case_44_other_unsigned_attributes(person, check):
    cms = person.sign()
    value = parse(cms, DEFAULT).signer.signature
    other = person.sign(signature=value, unsigned=[attribute("1.2.3.4", octets(b"x"))])
    assert other != cms
    assert check(other).signature_sha256 == check(cms).signature_sha256


@pytest.mark.parametrize(
    "addition",
    [
        b"\n1 0 obj\n<</Type/Catalog>>\nendobj\nstartxref\n0\n%%EOF\n",
        b"\n2 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n%%EOF\n",
        b" ",
    ],
    ids=["incremental update", "JavaScript", "one octet"],
)
def test_case_57_nothing_is_added_to_a_pdf(court, with_files, addition):
    """PDFs have no signature inside: act.json names the SHA-256, so a later revision is detected."""
    assert ("file", "TOTAL_FAILED") in _verdict(court, with_files, **{"files/a.pdf": PDF + addition})


def test_the_statement_names_what_the_cases_need(court):
    """Cases 39 and 40: the signed statement has all required parts."""
    found = canonical_json.check(court.motion().act_json)
    assert {"installation", "case", "motion", "act", "author", "previous", "challenge", "files"} <= set(found)
    assert {"id", "type", "position", "from_state"} <= set(found["act"])
