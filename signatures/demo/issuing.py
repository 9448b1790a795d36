"""A small certificate authority modelled on Kazakhstan's, for the demo and for tests, never for production.

Certificates have the form of the National Certification Authority's: subject ``serialNumber=IIN...`` and
``OU=BIN...``, usages, roles and policies in its arc 1.2.398.3.3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signatures.asn1 import oids

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
YEAR = timedelta(days=365)
NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True)
class Span:
    """The validity period of a certificate or list."""

    begin: datetime
    end: datetime

    @classmethod
    def years(cls, years: int, *, back: int = 1) -> "Span":
        """From ``back`` years ago to ``years`` ahead, so that a demo with a clock set back still works."""
        now = datetime.now(UTC).replace(microsecond=0)
        return cls(now - back * YEAR, now + years * YEAR)


@dataclass(frozen=True)
class Profile:
    """What a certificate is for: key usage flags, extended usages and a policy.

    ``critical``: whether the extended usages are critical, as RFC 3161 requires for a timestamp authority.
    """

    key_usage: tuple[str, ...]
    extended: tuple[str, ...]
    policy: str
    critical: bool = False


ORGANISATION_ROLES = (oids.KZ_LEGAL_ENTITY, oids.KZ_EMPLOYEE)
SIGNING = Profile(
    ("digital_signature", "content_commitment"),
    (oids.EMAIL_PROTECTION, *ORGANISATION_ROLES),
    oids.KZ_POLICY_LEGAL_SIGNATURE,
)
SIGNING_INDIVIDUAL = Profile(
    ("digital_signature", "content_commitment"),
    (oids.EMAIL_PROTECTION, oids.KZ_INDIVIDUAL),
    oids.KZ_POLICY_INDIVIDUAL_SIGNATURE,
)
AUTHENTICATION = Profile(
    ("digital_signature", "key_encipherment"),
    (ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string, *ORGANISATION_ROLES),
    oids.KZ_POLICY_LEGAL_AUTHENTICATION,
)
SEAL = Profile(
    ("digital_signature", "content_commitment"),
    (oids.EMAIL_PROTECTION, oids.KZ_LEGAL_ENTITY, oids.KZ_INFORMATION_SYSTEM),
    oids.KZ_POLICY_LEGAL_SIGNATURE,
)
TIMESTAMPING = Profile(("digital_signature",), (oids.TIME_STAMPING,), oids.KZ_TIMESTAMP_POLICIES, critical=True)
RESPONDER = Profile(("digital_signature",), (oids.OCSP_SIGNING,), oids.KZ_POLICY)


@dataclass(frozen=True)
class Issuer:
    """An authority with its private key."""

    key: Key
    certificate: x509.Certificate

    @classmethod
    def root(cls, common_name: str, span: Span, key: Key | None = None) -> "Issuer":
        """A self-signed root."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        name = authority_name(common_name)
        return cls(key, _authority(name, key, name, key, span, path_length=1))

    def subordinate(self, common_name: str, span: Span, key: Key | None = None) -> "Issuer":
        """An authority below this one, which issues to people."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = _authority(
            authority_name(common_name), key, self.certificate.subject, self.key, span, path_length=0
        )
        return Issuer(key, certificate)

    def issue(
        self, subject: x509.Name, key: Key, profile: Profile, span: Span, more: Iterable[x509.ExtensionType] = ()
    ) -> x509.Certificate:
        """A certificate for the owner of ``key``."""
        builder = _builder(subject, key, self.certificate.subject, self.key, span)
        builder = builder.add_extension(x509.KeyUsage(**{**NO_USAGE, **dict.fromkeys(profile.key_usage, True)}), True)
        usages = [x509.ObjectIdentifier(oid) for oid in profile.extended]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=profile.critical)
        policy = x509.PolicyInformation(x509.ObjectIdentifier(profile.policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(
        self, span: Span, revoked: Iterable[tuple[int, datetime, x509.ReasonFlags]] = (), base: int | None = None
    ) -> x509.CertificateRevocationList:
        """A list of (serial number, instant, reason), current over ``span``; a delta to list ``base`` if given."""
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject, span.begin, span.end)
        for serial, instant, reason in revoked:
            entry = x509.RevokedCertificateBuilder(serial, instant)
            builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(reason), False).build())
        builder = builder.add_extension(x509.CRLNumber(list_number(span)), critical=False)
        if base is not None:
            builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
        return builder.sign(self.key, hashes.SHA256())


def list_number(span: Span) -> int:
    """The number of the list that is current over ``span``."""
    return int(span.begin.timestamp())


def authority_name(common_name: str) -> x509.Name:
    return name([(NameOID.COUNTRY_NAME, "KZ"), (NameOID.COMMON_NAME, common_name)])


def name(parts: Sequence[tuple[x509.ObjectIdentifier, str | None]]) -> x509.Name:
    """A subject of the given parts; parts without a value are left out."""
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def person_name(
    *, iin: str, surname: str, given_name: str, patronymic: str = "", organisation: str = "", bin_: str = ""
) -> x509.Name:
    """The subject of a person's certificate; the patronymic is in GN, as in the National Authority's."""
    return name(
        [
            (NameOID.COMMON_NAME, f"{surname} {given_name}".upper()),
            (NameOID.SURNAME, surname.upper()),
            (NameOID.SERIAL_NUMBER, f"IIN{iin}"),
            (NameOID.COUNTRY_NAME, "KZ"),
            (NameOID.ORGANIZATION_NAME, organisation),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{bin_}" if bin_ else None),
            (NameOID.GIVEN_NAME, patronymic.upper()),
        ]
    )


def _builder(subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key, span: Span) -> x509.CertificateBuilder:
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), span.begin, span.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(above, critical=False)
    )


def _authority(
    subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key, span: Span, *, path_length: int
) -> x509.Certificate:
    usage = x509.KeyUsage(**{**NO_USAGE, "key_cert_sign": True, "crl_sign": True})
    builder = _builder(subject, key, issuer, issuer_key, span)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(usage, critical=True).sign(issuer_key, hashes.SHA256())
