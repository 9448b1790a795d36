"""Verifying an officer's signature, and keeping the trust store that it leads to."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import override

from ecase.officers import signing
from ecase.officers.models import Post
from ecase.problems import SignatureRefused
from signatures.demo.issuing import AUTHENTICATION
from signatures.report import INDICATIONS
from tests.factories import PostFactory
from tests.officers.conftest import Sign

pytestmark = pytest.mark.django_db
CONTENT = b'{"a":1}'


def now() -> datetime:
    return datetime.now(UTC)


def refusal(cms: bytes, by: Any, content: bytes = CONTENT) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as refused:
        signing.verify_signature(cms, content, by, now())
    return refused.value


def checks(refused: SignatureRefused) -> set[str]:
    return {str(problem.params["check"]) for problem in refused.problems}


def test_the_officers_own_signature_passes(investigator: Post, sign: Sign) -> None:
    cms = sign(investigator, CONTENT)
    assert signing.verify_signature(cms, CONTENT, investigator, now()).signer.iin == investigator.officer.iin
    assert signing.verify_signature(cms, CONTENT, investigator.officer, now()).passed
    assert signing.verify_signature(cms, CONTENT, None, now()).passed


def test_anothers_signature_names_person_and_organisation(investigator: Post, sign: Sign) -> None:
    refused = refusal(sign(PostFactory(), CONTENT), investigator)
    assert checks(refused) == {"iin", "bin"}
    assert {problem.code for problem in refused.problems} == {"SIG_CONSTRAINTS_FAILURE"}


def test_the_organisation_counts_for_a_post_and_not_for_a_person(investigator: Post, sign: Sign) -> None:
    cms = sign(investigator, CONTENT, bin="990140009999")
    assert checks(refusal(cms, investigator)) == {"bin"}
    assert signing.verify_signature(cms, CONTENT, investigator.officer, now()).passed


def test_every_fault_is_named_at_once(investigator: Post, sign: Sign) -> None:
    cms = sign(PostFactory(), b"something else", profile=AUTHENTICATION)
    assert {"message-digest", "key-usage", "iin", "bin"} <= checks(refusal(cms, investigator))


def test_a_future_clock_does_not_pass_an_expired_certificate(investigator: Post, sign: Sign) -> None:
    cms = sign(investigator, CONTENT)
    later = now() + timedelta(days=365 * 6)
    with pytest.raises(SignatureRefused) as unproven:
        signing.verify_signature(cms, CONTENT, investigator, later)
    assert "OUT_OF_BOUNDS_NO_POE" in {problem.code for problem in unproven.value.problems}
    with pytest.raises(SignatureRefused) as proven:
        signing.verify_signature(cms, CONTENT, investigator, later, created_after=later)
    assert "EXPIRED" in {problem.code for problem in proven.value.problems}


def test_every_sub_indication_has_a_sentence() -> None:
    assert set(signing.BY_SUB_INDICATION) == set(INDICATIONS)


def test_the_seal_is_the_services_only(investigator: Post, sign: Sign) -> None:
    assert signing.verify_seal(signing.sealer().sign(CONTENT), CONTENT, now()).passed
    with pytest.raises(SignatureRefused) as refused:
        signing.verify_seal(sign(investigator, CONTENT), CONTENT, now())
    assert "seal" in checks(refused.value)


def test_trust_is_kept_until_a_file_changes(trusted: Path) -> None:
    held = signing.trust()
    assert signing.trust() is held
    revocations = trusted / "trust" / "issuer.crl"
    os.utime(revocations, ns=(1, 1))
    assert signing.trust() is not held


def test_production_refuses_a_demos_trust(trusted: Path, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match=r"demo.*production"):
        signing.trust()


def test_what_cannot_be_read_is_named(tmp_path: Path, settings: Any) -> None:
    settings.TRUST_DIR = tmp_path / "nowhere"
    settings.SERVICE_KEY_FILE = tmp_path / "nothing.pem"
    with pytest.raises(ImproperlyConfigured, match="ECASE_TRUST_DIR"):
        signing.trust()
    with pytest.raises(ImproperlyConfigured, match="ECASE_SERVICE_KEY"):
        signing.sealer()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_sentences_are_translated(language: str) -> None:
    sentences = [*signing.BY_SUB_INDICATION.values(), *signing.BY_CHECK.values(), signing.OTHER]
    with override("en"):
        english = [str(sentence) for sentence in sentences]
    with override(language):
        assert not [sentence for sentence, other in zip(sentences, english, strict=True) if str(sentence) == other]


@pytest.mark.parametrize(
    ("language", "detail"),
    [("en", "the signature was made over other bytes"), ("ru", "подписаны другие данные")],
)
def test_a_refusal_says_in_the_readers_language_what_is_wrong(
    investigator: Post, sign: Sign, language: str, detail: str
) -> None:
    (problem,) = refusal(sign(investigator, b"other bytes"), investigator).problems
    with override(language):
        told = problem.as_dict()["params"]
    assert told["detail"] == detail
    assert told["fault"] == {"code": "content-differs", "parameters": {}}
