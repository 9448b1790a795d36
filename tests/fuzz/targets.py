"""What is fuzzed: every parser that reads a stranger's bytes, with good examples to begin from.

A target takes bytes and returns. It swallows the refusals that its docstring promises; whatever else comes out of it is
a finding. Some promise more: that nothing passes which was not signed.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from signatures import Evidence, Expected, canonical, container, verify
from signatures.asn1 import ber, der
from signatures.cli import inspection
from signatures.cms import Malformed, parse
from signatures.container import archive, asics, strict_zip
from signatures.container.offline import examine
from signatures.demo.signer import limits
from signatures.evidence import timestamps
from signatures.policy import DEFAULT
from signatures.report import HOSTILE
from signatures.tlog.transparency import proven_record
from signatures.x509 import ocsp, revocation
from tests.signatures.acts import Court
from tests.signatures.gost_makers import GostPki
from tests.signatures.makers import BIN, CONTENT, IIN, NOW, RSA_KEY, attribute, octets
from tests.signatures.services import asked, imprint, responder, tsa, value_of
from tests.signatures.services import lists as made_lists
from tests.signatures.test_container import FILES

EXPECTED = Expected(iin=IIN, bin=BIN)
NO_EVIDENCE = b"{}"


@dataclass(frozen=True)
class Target:
    """``run`` reads bytes and says whether it took them for good; ``seeds`` are what it reads without a fault."""

    run: Callable[[bytes], bool]
    seeds: Callable[[], list[bytes]]
    refusals: tuple[type[Exception], ...] = field(default=(ValueError,))

    def __call__(self, data: bytes) -> bool:
        """Whether it was read; raises what should never come out."""
        try:
            return self.run(data)
        except self.refusals:
            return False


@dataclass(frozen=True)
class Samples:
    """What a court has signed, had stamped and had answered; made once for all targets."""

    court: Court
    cms: bytes
    rsa: bytes
    gost: bytes
    token: bytes
    answer: bytes
    evidence: Evidence
    acts: container.Evidence


@cache
def samples() -> Samples:
    court = Court()
    pki, person = court.pki, court.person
    cms = person.sign(unsigned=[attribute("1.2.3.4", octets(b"x"))])
    token = tsa(pki.issuer).token(imprint(value_of(cms)))
    answer = asked(person, responder(pki.issuer))
    kept = Evidence(cms, CONTENT, (token,)).judged({"indication": "TOTAL_PASSED"})
    *previous, protocol = court.chain()
    acts = container.Evidence(protocol, tuple(previous), FILES)
    return Samples(court, cms, pki.person(RSA_KEY).sign(), gost_pki().person().sign(), token, answer, kept, acts)


@cache
def gost_pki() -> GostPki:
    return GostPki("2015-256")


def _der(data: bytes) -> bool:
    _walk(der.element(data), 32)
    return True


def _walk(found: der.Element, depth: int) -> None:
    """Every reading of every element, as deep as anything is read."""
    for read in (found.oid, found.integer, found.bits, found.time, found.first):
        _swallowing(read)
    if found.tag & 0x20 and depth:
        for child in found.children():
            _walk(child, depth - 1)


def _swallowing(read: Callable[[], object]) -> None:
    try:
        read()
    except ValueError:
        return


def _cms(data: bytes) -> bool:
    parse(data, DEFAULT)
    return True


def _verified(data: bytes) -> bool:
    """Never raises, and passes nothing but the two signatures that were made."""
    known = samples()
    report = verify(data, CONTENT, trust=known.court.pki.trust(), expected=EXPECTED, at=NOW)
    report.as_dict()
    if report.passed and report.signature_sha256 not in _identities():
        raise AssertionError("a signature passes that nobody made")
    return report.passed


@cache
def _identities() -> frozenset[str]:
    trust = samples().court.pki.trust()
    made = (samples().cms, samples().rsa)
    return frozenset(verify(one, CONTENT, trust=trust, expected=EXPECTED, at=NOW).signature_sha256 for one in made)


def _gost(data: bytes) -> bool:
    return verify(data, CONTENT, trust=gost_pki().trust(), expected=EXPECTED, at=NOW).passed


def _content(data: bytes) -> bool:
    """Never raises, and never passes another content."""
    report = verify(samples().cms, data, trust=samples().court.pki.trust(), expected=EXPECTED, at=NOW)
    if report.passed and data != CONTENT:
        raise AssertionError("another content passes")
    return report.passed


def _token(data: bytes) -> bool:
    trust, stamped = samples().court.pki.trust(), value_of(samples().cms)
    timestamps.verify_token(data, stamped, trust=trust, policy=DEFAULT, now=NOW)
    return True


def _ber(data: bytes) -> bool:
    """What comes out is in its only form."""
    made = ber.with_shortest_lengths(data)
    if ber.with_shortest_lengths(made) != made:
        raise AssertionError("lengths that were not the shortest")
    return True


def _inspected(data: bytes) -> bool:
    report = inspection.judge(data, None, None, EXPECTED, NOW)
    return bool(inspection.as_text(report, data, "en"))


def _archive(data: bytes) -> bool:
    """What is read is what the standard library reads: no tool sees other entries."""
    entries = strict_zip.read(data)
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        if [(entry.name, entry.data) for entry in entries] != [(name, other.read(name)) for name in other.namelist()]:
            raise AssertionError("an archive that two tools read differently")
    return True


def _stamp_response(data: bytes) -> bool:
    timestamps.read_info(timestamps.read_token(data), DEFAULT)
    return True


def _ocsp(data: bytes) -> bool:
    return bool(ocsp.read(data, samples().court.pki.trust(), DEFAULT))


def _list(data: bytes) -> bool:
    found, faults = revocation.read([data], [], samples().court.pki.trust(), DEFAULT)
    return bool(found.lists) and not faults


def _container(data: bytes) -> bool:
    """Reading may refuse; what was read never raises."""
    found = container.read(data)
    examine(found, samples().court.trust, NOW).as_dict()
    return True


def _inside(data: bytes) -> bool:
    """The same with one entry exchanged, by the first octet, and a manifest that fits: past all digests of the ZIP."""
    entries = _entries()
    place = (data[0] if data else 0) % len(entries)
    entries[place] = strict_zip.Entry(entries[place].name, data[1:])
    made = strict_zip.write([*entries, archive._manifest(entries)])
    found = examine(container.read(made), samples().court.trust, NOW)
    found.as_dict()
    return found.indication == "TOTAL_PASSED"


def _entries() -> list[strict_zip.Entry]:
    read = strict_zip.read(container.write(samples().acts))
    return [entry for entry in read if entry.name != archive.MANIFEST]


def _asics(data: bytes) -> bool:
    asics.read(data)
    return True


def _evidence(data: bytes) -> bool:
    """Reading may refuse; verifying with what was read never raises, nor does it make a bad signature good."""
    kept = Evidence.loads(data, DEFAULT.max_evidence_bytes)
    given = {"trust": samples().court.pki.trust(), "expected": EXPECTED, "at": NOW, "evidence": kept}
    if verify(samples().rsa, b"another", **given).passed:
        raise AssertionError("evidence makes a bad signature good")
    return verify(samples().cms, CONTENT, **given).passed


def _log_proof(data: bytes) -> bool:
    proven_record(data.decode("utf-8"), samples().court.trust.log_keys)
    return True


def _json(data: bytes) -> bool:
    if canonical.canonical(canonical.check(data)) != data:
        raise AssertionError("what was taken for canonical is not")
    return True


def _pkcs12(data: bytes) -> bool:
    limits.check(data)
    return True


def _stamp_seed() -> list[bytes]:
    status = der.encode(der.SEQUENCE, der.encode_integer(0))
    return [der.encode(der.SEQUENCE, status, samples().token)]


def _inside_seeds() -> list[bytes]:
    return [bytes([number]) + entry.data for number, entry in enumerate(_entries())]


NEVER: tuple[type[Exception], ...] = ()
TARGETS = {
    "der": Target(_der, lambda: [samples().cms, samples().answer]),
    "cms": Target(_cms, lambda: [samples().cms, samples().rsa, samples().token], (Malformed, *HOSTILE)),
    "verify": Target(_verified, lambda: [samples().cms, samples().rsa], NEVER),
    "gost": Target(_gost, lambda: [samples().gost], NEVER),
    "content": Target(_content, lambda: [CONTENT], NEVER),
    "timestamp": Target(_token, lambda: [samples().token], (timestamps.BadTimestamp,)),
    "timestamp-response": Target(_stamp_response, _stamp_seed, HOSTILE),
    "ocsp": Target(_ocsp, lambda: [samples().answer], (ocsp.Unusable,)),
    "list": Target(_list, lambda: list(made_lists(samples().court.pki)), NEVER),
    "ber": Target(_ber, lambda: [samples().cms, samples().token, b"\x30\x80" + samples().cms[4:] + b"\0\0"]),
    "inspect": Target(_inspected, lambda: [samples().cms, samples().rsa], NEVER),
    "archive": Target(_archive, lambda: [container.write(samples().acts)]),
    "container": Target(_container, lambda: [container.write(samples().acts)]),
    "inside": Target(_inside, _inside_seeds),
    "asics": Target(_asics, lambda: [asics.write(samples().acts.act.act_json, samples().acts.act.der)]),
    "evidence": Target(_evidence, lambda: [samples().evidence.dumps()]),
    "log-proof": Target(_log_proof, lambda: [samples().acts.act.proof.encode()]),
    "json": Target(_json, lambda: [samples().acts.act.act_json, CONTENT]),
    "pkcs12": Target(_pkcs12, lambda: [samples().court.person.pkcs12()]),
}
