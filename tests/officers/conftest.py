"""The keys that officers sign with in these tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from ecase.officers.models import Post
from signatures.cms.signing import build
from signatures.demo import pki
from signatures.demo.issuing import SIGNING, Profile
from tests.factories import PostFactory

Sign = Callable[..., bytes]


def person_of(post: Post, **changes: str) -> dict[str, str]:
    """What the certificate of the post's officer says; ``changes`` make it say something else."""
    officer = post.officer
    known = {"iin": officer.iin, "surname": officer.surname, "given_name": officer.given_name}
    return {**known, "bin": post.organisation.bin, "organisation": post.organisation.name_kk, **changes}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> pki.DemoPki:
    """A demo certification authority without people."""
    return pki.make(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def trusted(authority: pki.DemoPki, settings: Any) -> Path:
    """The authority is the one that the service trusts."""
    settings.TRUST_DIR = authority.directory / "trust"
    settings.SERVICE_KEY_FILE = authority.directory / "service.pem"
    return authority.directory


@pytest.fixture
def sign(authority: pki.DemoPki, trusted: Path) -> Sign:
    """Signs ``content`` as the officer of a post: a detached CAdES signature with a new P-256 key."""

    def signed(post: Post, content: bytes, *, profile: Profile = SIGNING, at: Any = None, **changes: str) -> bytes:
        from datetime import UTC, datetime

        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        packed = pki.personal_key(authority, person_of(post, **changes), key, profile)
        opened = pkcs12.load_pkcs12(packed, pki.PASSWORD)
        chain = [opened.cert.certificate, *(additional.certificate for additional in opened.additional_certs)]
        return build(content, opened.key, chain, at or datetime.now(UTC))

    return signed


@pytest.fixture
def investigator(db: None) -> Post:
    return PostFactory()
