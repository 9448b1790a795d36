"""Keys of the tests' people, issued on the spot by the session's demo authority: any factory's officer can sign."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ecase.officers.models import Post
from signatures.cms.signing import build
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import AUTHENTICATION, SIGNING, Key, Profile, Span


def person_of(post: Post, **changes: Any) -> dict[str, Any]:
    """The officer of ``post`` as the demo authority names people; ``changes`` make a wrong one of him."""
    officer, organisation = post.officer, post.organisation
    person = {
        "iin": officer.iin,
        "bin": organisation.bin,
        "surname": officer.surname,
        "given_name": officer.given_name,
        "patronymic": officer.patronymic,
        "organisation": organisation.name_en,
        "role": post.role,
    }
    return {**person, **changes}


@dataclass
class Keyring:
    """Signs as anybody."""

    folder: Path
    _signers: dict[Any, tuple[ec.EllipticCurvePrivateKey, tuple[Any, ...]]] = field(default_factory=dict)

    def sign(
        self, post: Post, content: bytes, *, profile: Profile = SIGNING, span: Span | None = None, **changes: Any
    ) -> bytes:
        """Detached CAdES (DER) over ``content`` with a key of the officer of ``post``."""
        key, chain = self._signer(person_of(post, **changes), profile, span)
        return build(content, key, chain, datetime.now(UTC))

    def authenticate(self, post: Post, content: bytes) -> bytes:
        """The same with a certificate that is for authentication only."""
        return self.sign(post, content, profile=AUTHENTICATION)

    def p12(self, post: Post, key: Key | None = None, **options: Any) -> bytes:
        """A PKCS#12 file (password "demo") with a signing key of the officer of ``post``."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        return demo_pki.personal_key(self.pki, person_of(post), key, SIGNING, **options)

    @cached_property
    def pki(self) -> demo_pki.DemoPki:
        return demo_pki.make(self.folder)

    def _signer(self, person: dict[str, Any], profile: Profile, span: Span | None) -> Any:
        mark = (person["iin"], person["bin"], profile, span)
        if mark not in self._signers:
            key, pki = ec.generate_private_key(ec.SECP256R1()), self.pki
            certificate = pki.issuer.issue(demo_pki.subject_of(person), key, profile, span or Span.years(2))
            self._signers[mark] = (key, (certificate, *pki.chain))
        return self._signers[mark]
