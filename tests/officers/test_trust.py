"""Trust that administrators keep: checked, audited, noticed without a restart; and what each role's key must be for."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.test import Client
from django.urls import reverse

from ecase.audit.models import Entry
from ecase.officers import signing
from ecase.officers.models import Post, Role
from ecase.problems import SignatureRefused
from ecase.trust import services as trusted
from ecase.trust.models import RuleChange, SignerRule, TrustedCertificate
from signatures.asn1 import oids
from signatures.cms.signing import build
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import SIGNING, Issuer, Span
from tests.factories import PostFactory
from tests.officers.conftest import Sign, person_of
from tests.officers.test_admin import signed_in

pytestmark = pytest.mark.django_db
CONTENT = b'{"a":1}'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def other_root() -> Issuer:
    """An authority that the folder does not know."""
    return Issuer.root("ECASE DEMO SECOND ROOT", Span.years(5))


def pem(issuer: Issuer) -> str:
    return issuer.certificate.public_bytes(Encoding.PEM).decode()


@pytest.fixture
def administrator(trusted: Path) -> Client:
    return signed_in(PostFactory(administrator=True))


def add(client: Client, certificate: str, **changes: Any) -> Any:
    fields = {
        "pem": certificate,
        "use": "authority",
        "purpose": "demo",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00",
        "note": "order 7",
    }
    return client.post(reverse("admin:trust_trustedcertificate_add"), {**fields, **changes})


def row(issuer: Issuer, **changes: Any) -> TrustedCertificate:
    values = {"use": "authority", "purpose": "demo", "valid_from": now() - timedelta(days=1), **changes}
    made = TrustedCertificate(pem=pem(issuer), **values)
    trusted.describe(made)
    made.save()
    return made


def is_trusted(issuer: Issuer) -> bool:
    return issuer.certificate in [authority.certificate for authority in signing.trust().authorities]


def test_an_administrators_authority_is_trusted_at_once_and_in_the_log(
    administrator: Client, other_root: Issuer
) -> None:
    assert not is_trusted(other_root)
    assert add(administrator, pem(other_root)).status_code == 302
    assert is_trusted(other_root)
    body = json.loads(bytes(Entry.objects.latest("pk").body))
    assert body["event"] == "admin.changed"
    assert body["data"]["fields"]["note"] == {"from": None, "to": "order 7"}
    kept = TrustedCertificate.objects.get()
    ended = administrator.post(
        reverse("admin:trust_trustedcertificate_change", args=[kept.pk]),
        {"valid_to_0": "2026-02-01", "valid_to_1": "00:00", "note": "order 8"},
    )
    assert ended.status_code == 302
    assert not is_trusted(other_root)
    assert json.loads(bytes(Entry.objects.latest("pk").body))["data"]["fields"]["valid_to"]["to"]


def test_what_cannot_be_trusted_is_said(administrator: Client, other_root: Issuer) -> None:
    stranger = Issuer.root("ECASE DEMO THIRD ROOT", Span.years(5)).subordinate("ECASE DEMO THIRD", Span.years(5))
    assert "issuer is not in the trust folder" in add(administrator, pem(stranger)).content.decode()
    assert "MalformedFraming" in add(administrator, "abc").content.decode()
    add(administrator, pem(other_root))
    assert add(administrator, pem(other_root)).status_code == 200
    assert TrustedCertificate.objects.count() == 1


def test_nobody_else_may_change_trust(trusted: Path, other_root: Issuer) -> None:
    add(signed_in(PostFactory(role=Role.JUDGE)), pem(other_root))
    assert not TrustedCertificate.objects.exists()


def test_another_purpose_and_another_time_do_not_count(trusted: Path, other_root: Issuer) -> None:
    made = row(other_root, purpose="test")
    assert not is_trusted(other_root)
    TrustedCertificate.objects.filter(pk=made.pk).update(purpose="demo")
    assert is_trusted(other_root)
    TrustedCertificate.objects.filter(pk=made.pk).update(valid_to=now())
    assert not is_trusted(other_root)


def test_what_is_rolled_back_is_not_trusted(trusted: Path, other_root: Issuer) -> None:
    with transaction.atomic():
        row(other_root)
        assert is_trusted(other_root)
        transaction.set_rollback(True)
    assert not is_trusted(other_root)


def test_trust_is_held_until_it_changes(trusted: Path, other_root: Issuer) -> None:
    held = signing.trust()
    assert signing.trust() is held
    row(other_root)
    assert signing.trust() is not held


def test_a_signature_leads_to_a_new_authority(investigator: Post, trusted: Path, other_root: Issuer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = demo_pki.subject_of(person_of(investigator))
    certificate = other_root.issue(subject, key, SIGNING, Span.years(2))
    cms = build(CONTENT, key, (certificate, other_root.certificate), now())
    assert "NO_CERTIFICATE_CHAIN_FOUND" in {problem.code for problem in refusal(cms, investigator).problems}
    row(other_root)
    # Its chain is in order now; what is still unknown is whether it was revoked, for nobody has said so yet.
    assert {problem.code for problem in refusal(cms, investigator).problems} == {"TRY_LATER"}


def test_a_role_may_need_keys_of_its_own(investigator: Post, sign: Sign) -> None:
    cms = sign(investigator, CONTENT)
    assert signing.verify_signature(cms, CONTENT, investigator, now()).passed
    rule = SignerRule.objects.create(role=investigator.role, extended_key_usages=["1.2.398.3.3.4.1.2.1"])
    refused = refusal(cms, investigator)
    assert {str(problem.params["check"]) for problem in refused.problems} == {"role"}
    judge = PostFactory(judge=True)
    assert signing.verify_signature(sign(judge, CONTENT), CONTENT, judge, now()).passed
    rule.extended_key_usages, rule.policies = [oids.KZ_LEGAL_ENTITY], ["1.2.398.3.3.2.9"]
    rule.save()
    assert {str(problem.params["check"]) for problem in refusal(cms, investigator).problems} == {"certificate-policy"}
    rule.policies, rule.key_usages = [], ["keyAgreement"]
    rule.save()
    problems = refusal(cms, investigator).problems
    (problem,) = problems
    assert problem.params["check"] == "key-usage"
    assert problem.params["fault"] == {"code": "key-usage-missing", "parameters": {"usages": "keyAgreement"}}
    rule.delete()
    assert signing.verify_signature(cms, CONTENT, investigator, now()).passed


def test_an_administrator_makes_a_rule_and_its_history_is_kept(administrator: Client) -> None:
    typed = {"role": "judge", "extended_key_usages": oids.KZ_LEGAL_ENTITY, "policies": ""}
    page = reverse("admin:trust_signerrule_add")
    assert "digitalSignature" in administrator.get(page).content.decode()
    assert administrator.post(page, {**typed, "key_usages": ["keyAgreement", "anything"]}).status_code == 200
    assert administrator.post(page, {**typed, "key_usages": ["digitalSignature"]}).status_code == 302
    rule = SignerRule.objects.get()
    administrator.post(reverse("admin:trust_signerrule_change", args=[rule.pk]), typed)
    assert [change.key_usages for change in RuleChange.objects.filter(role="judge")] == [
        ["digitalSignature"],
        [],
    ]


def refusal(cms: bytes, post: Post) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as refused:
        signing.verify_signature(cms, CONTENT, post, now())
    return refused.value
