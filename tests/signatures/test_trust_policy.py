"""Rules for signers and periods of trust, in a trust folder and in the offline verifier."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import yaml

from signatures import TrustStore, container
from signatures.asn1 import oids
from signatures.cli import command
from signatures.container import Evidence
from signatures.container.offline import Trust, examine
from signatures.evidence.timestamps import FADED
from signatures.x509.certificates import UNTRUSTED
from signatures.x509.rules import Change, Period, Rule, Rules
from signatures.x509.trust import rooted, sha256
from signatures.x509.trust_policy import TrustPolicy
from tests.signatures.acts import AT, Court
from tests.signatures.conftest import failed
from tests.signatures.makers import DAY, NOW, SPAN, Pki
from tests.signatures.services import evidence, imprint, lists, tsa, value_of
from tests.signatures.test_container import FILES

HEAD = Rule(frozenset({f"{oids.KZ_LEGAL_ENTITY}.1"}))
OWN_POLICY = Rule(frozenset({oids.KZ_EMPLOYEE}), frozenset({"1.2.398.3.3.2.9"}), frozenset({"digitalSignature"}))
PROVEN = datetime.fromisoformat(AT)
SECOND = timedelta(seconds=1)
DIGEST = "ab" * 32


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(scope="module")
def chain(court) -> container.Container:
    *previous, protocol = court.chain()
    return container.read(container.write(Evidence(protocol, tuple(previous), FILES)))


def refused(court, chain, **changes: tuple[Change, ...]) -> list[set[str]]:
    """The failed checks of each signature that did not pass under those rules."""
    verdict = examine(chain, replace(court.trust, rules=Rules(changes=changes)), NOW)
    return [failed(line.report) for line in verdict.lines if line.report and not line.report.passed]


# -- rules ----------------------------------------------------------------------------------------------------------


def test_the_role_that_the_act_names_has_its_rule(court, chain):
    assert refused(court, chain) == []
    assert refused(court, chain, investigator=(Change(None, HEAD),)) == [{"role"}, {"role"}]
    asked = (Change(None, replace(OWN_POLICY, usages=frozenset({oids.KZ_LEGAL_ENTITY}))),)
    assert refused(court, chain, investigator=asked) == [{"certificate-policy"}] * 2
    assert refused(court, chain, judge=(Change(None, HEAD),)) == []


@pytest.mark.parametrize(
    ("asked", "faults"),
    [(["digitalSignature"], []), (["digitalSignature", "nonRepudiation"], []), (["keyAgreement"], [{"key-usage"}] * 2)],
)
def test_a_role_may_need_key_usages_of_its_own(court, chain, asked, faults):
    rule = Rule(key_usages=frozenset(asked))
    assert refused(court, chain, investigator=(Change(None, rule),)) == faults


def test_whoever_has_no_rule_has_the_usual_one(court, chain):
    trust = replace(court.trust, rules=Rules(HEAD))
    lines = [line for line in examine(chain, trust, NOW).lines if line.report]
    assert [failed(line.report) for line in lines] == [{"role"}, {"role"}, set()]


def test_the_rule_is_that_of_the_day_of_signing(court, chain):
    since, before = Change(PROVEN + SECOND, HEAD), Change(PROVEN - SECOND, HEAD)
    assert refused(court, chain, investigator=(since,)) == []
    assert refused(court, chain, investigator=(before,)) == [{"role"}] * 2
    assert refused(court, chain, investigator=(before, Change(PROVEN, None))) == []


def test_a_timestamp_moves_the_rule_back_as_well(court):
    act = replace(court.motion(), proof="")
    token = tsa(court.pki.issuer).token(imprint(value_of(act.cms)))
    kept = evidence(act.cms, token, content=act.act_json, crls=lists(court.pki))
    trust = replace(court.trust, rules=Rules(changes={"investigator": (Change(NOW + DAY, HEAD),)}))
    for given, faults in ((b"", [{"role"}]), (kept.dumps(), [])):
        opened = container.read(container.write(Evidence(replace(act, evidence=given))))
        verdict = examine(opened, trust, NOW + 5 * DAY)
        assert [failed(line.report) for line in verdict.lines if line.report and not line.report.passed] == faults


def test_the_command_names_the_fault_by_the_folders_rules(court, chain, tmp_path, capfdbinary):
    *previous, protocol = court.chain()
    (tmp_path / "act.zip").write_bytes(container.write(Evidence(protocol, tuple(previous), FILES)))
    folder = court.write_trust(tmp_path / "trust")
    rules = Rules(changes={"investigator": (Change(None, HEAD),)})
    (folder / "policy.yaml").write_bytes(TrustPolicy("test", rules).dumps())
    given = ["verify", str(tmp_path / "act.zip"), "--trust", str(folder), "--at", "2026-11-22T00:00:00+05:00"]
    assert command.main([*given, "--json"]) == 2
    report = json.loads(capfdbinary.readouterr().out)
    assert report["verified_at"] == "2026-11-21T19:00:00Z"
    last = next(
        line["report"] for line in report["lines"] if (line["name"], line["subject"]) == ("signature", "3-protocol")
    )
    assert (last["indication"], last["sub_indication"]) == ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")
    assert [item["name"] for item in last["checks"] if not item["passed"]] == ["role"]
    for language, said in (("en", "Fit for this purpose"), ("ru", "Пригодность"), ("kk", "Осы мақсатқа жарамдылығы")):
        assert command.main([*given, "--language", language]) == 2
        text = capfdbinary.readouterr().out.decode()
        assert said in text
        assert oids.KZ_LEGAL_ENTITY in text


# -- as of an instant ---------------------------------------------------------------------------------------------


def test_verifying_as_of_an_instant(court, tmp_path, capfdbinary):
    act = replace(court.motion(), proof="")
    (tmp_path / "act.zip").write_bytes(container.write(Evidence(act)))
    given = ["verify", str(tmp_path / "act.zip"), "--trust", str(court.write_trust(tmp_path / "trust")), "--json"]

    def signature(at: str) -> str:
        assert command.main([*given, "--at", at]) == 2
        lines = json.loads(capfdbinary.readouterr().out)["lines"]
        return next(line["indication"] for line in lines if line["name"] == "signature")

    assert signature(AT) == "TOTAL_PASSED"
    assert signature("2046-01-01T00:00:00Z") == "INDETERMINATE"


@pytest.mark.parametrize("at", ["yesterday", "2026-11-21", "2026-11-21T09:00:00"])
def test_an_instant_that_is_none_cannot_be_used(tmp_path, at):
    with pytest.raises(SystemExit) as ended:
        command.main(["verify", str(tmp_path), "--at", at])
    assert ended.value.code == command.UNUSABLE


def test_a_log_that_is_ahead_of_that_instant_proves_nothing(court, chain):
    line = examine(chain, court.trust, PROVEN - DAY).lines[0]
    assert (line.name, line.indication) == ("audit-proof", "INDETERMINATE")


# -- trust for a time ---------------------------------------------------------------------------------------------


def timed(court, **periods: Period) -> Trust:
    known = {"root": court.pki.root.certificate, "seal": court.service.certificate}
    named = {sha256(known[name]): period for name, period in periods.items()}
    return replace(court.trust, store=court.pki.trust(seals=[court.service.certificate], periods=named))


@pytest.mark.parametrize(
    ("period", "trusted"),
    [
        (Period(until=PROVEN + SECOND), True),
        (Period(until=PROVEN), False),
        (Period(since=PROVEN), True),
        (Period(since=PROVEN + SECOND), False),
    ],
)
def test_what_was_trusted_when_it_was_signed_counts(court, chain, period, trusted):
    """Verified long after the end of the period."""
    late = NOW + 4000 * DAY
    found = examine(chain, timed(court, root=period), late)
    codes = {line.report.sub_indication for line in found.lines if line.report}
    assert codes == ({""} if trusted else {UNTRUSTED})
    sealed = [line.report for line in examine(chain, timed(court, seal=period), late).lines if line.report]
    assert [failed(report) for report in sealed] == [set(), set(), set() if trusted else {"seal"}]


def test_a_timestamp_of_an_authority_that_is_trusted_no_more(pki, person, check):
    """Like a token whose certificate expired: another proof of the time may still be valid."""
    cms, other = person.sign(), Pki.make("OTHER")
    kept = evidence(cms, tsa(other.issuer).token(imprint(value_of(cms))))
    both = [issuer.certificate for issuer in (pki.root, pki.issuer, other.root, other.issuer)]
    crls = [issuer.revocation_list(SPAN) for issuer in (pki.root, pki.issuer, other.root, other.issuer)]

    def judged(period: Period, at: datetime, now: datetime) -> set[str]:
        trust = TrustStore.of("test", both, crls, periods={sha256(other.root.certificate): period})
        report = check(cms, trust=trust, evidence=kept, at=at, now=now)
        assert {failure.sub_indication for failure in report.failures} <= FADED | {"NO_POE"}
        return failed(report)

    assert judged(Period(until=NOW + 3 * DAY), NOW + 2 * DAY, NOW + 2 * DAY) == set()
    assert judged(Period(until=NOW + DAY), NOW + 2 * DAY, NOW + 2 * DAY) == {"timestamp"}
    assert judged(Period(until=NOW + DAY), NOW, NOW + 2 * DAY) == set()
    assert judged(Period(since=NOW + DAY), NOW, NOW + 2 * DAY) == {"timestamp"}


def test_an_authority_without_the_one_above_it_leads_nowhere():
    pki = Pki.make()
    root, issuer = pki.root.certificate, pki.issuer.certificate
    assert rooted([issuer, root]) == [issuer, root]
    assert rooted([issuer]) == []


# -- the file -----------------------------------------------------------------------------------------------------


def test_the_file_says_what_it_was_told(tmp_path):
    changes = {"judge": (Change(None, OWN_POLICY), Change(NOW, None), Change(NOW + DAY, HEAD))}
    policy = TrustPolicy("production", Rules(HEAD, changes), {DIGEST: Period(NOW), "cd" * 32: Period(until=NOW + DAY)})
    (tmp_path / "policy.yaml").write_bytes(policy.dumps())
    assert TrustPolicy.load(tmp_path) == policy


def test_instants_may_stand_without_quotation_marks(tmp_path):
    (tmp_path / "policy.yaml").write_text(
        f"purpose: demo\ntrusted:\n  {DIGEST}: {{until: 2026-11-21T14:00:00+05:00}}\n"
    )
    assert TrustPolicy.load(tmp_path).trusted == {DIGEST: Period(until=NOW)}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"purpose": "test", "rule": {}},
        {"purpose": "test", "rules": {"judge": {"policies": []}}},
        {"purpose": "test", "rules": {"judge": [{"extended_key_usage": []}]}},
        {"purpose": "test", "rules": {"judge": [{"policies": ["abc"]}]}},
        {"purpose": "test", "rules": {"judge": [{"policies": "1.2.3"}]}},
        {"purpose": "test", "rules": {"judge": [{"key_usages": ["signing"]}]}},
        {"purpose": "test", "rules": {"judge": [{"usual": True, "policies": []}]}},
        {"purpose": "test", "rules": {"judge": [{"since": "2027-01-01T00:00:00Z"}, {"since": "2026-01-01T00:00:00Z"}]}},
        {"purpose": "test", "rules": {"judge": [{"since": "2027-01-01T00:00:00"}]}},
        {"purpose": "test", "signers": {"since": "2027-01-01T00:00:00Z"}},
        {"purpose": "test", "trusted": {"abc": {}}},
        {"purpose": "test", "trusted": {DIGEST: {"to": "2027-01-01T00:00:00Z"}}},
        {"purpose": "test", "trusted": {DIGEST: {"until": "soon"}}},
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, content):
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=r"policy\.yaml"):
        TrustPolicy.load(tmp_path)


def test_a_period_for_no_certificate_is_refused(court, tmp_path):
    folder = court.write_trust(tmp_path / "trust")
    (folder / "policy.yaml").write_bytes(TrustPolicy("test", trusted={DIGEST: Period(NOW)}).dumps())
    with pytest.raises(ValueError, match=f"not in the trust folder: {DIGEST}"):
        TrustStore.load(folder)
