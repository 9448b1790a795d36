"""The trust of this installation as a folder for the offline verifier (``offline.Trust``)."""

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext as _

from ecase.trust import services
from ecase.trust.models import Answer
from signatures import TrustStore
from signatures.container import offline
from signatures.x509 import crl
from signatures.x509.trust import sha256
from signatures.x509.trust_policy import NAME, TrustPolicy


class NotExported(ValueError):
    """Nothing was written; the sentence states why, in the active language."""


def trust() -> offline.Trust:
    """The trust that verifies containers: seed, rows and seals, each for its period, rules, and all known keys of the
    log.

    Raises :class:`ImproperlyConfigured` if it cannot be loaded.
    """
    known = services.known()
    return offline.Trust(known.store, offline.log_keys(Path(settings.TRUST_DIR)), known.rules)


def export(folder: Path, at: datetime) -> list[str]:
    """Write current and past trust, with the revocation lists that are fresh at an instant; returns the names of the
    files.

    Lists of unknown authorities are left out. Raises :class:`NotExported` if ``folder`` is not empty, ``ValueError``
    for lists that do not fit.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotExported(_("%(folder)s is not empty: old and new trust are not to be mixed.") % {"folder": folder})
    known = trust()
    store, encoded = known.store, _lists(known.store)
    for fetched in Answer.objects.filter(key__startswith="crl:", until__gt=at).values_list("value", flat=True):
        try:
            store.owner_of(crl.read(bytes(fetched)))
        except ValueError:
            continue
        encoded.add(bytes(fetched))
    lists = [x509.load_der_x509_crl(data) for data in sorted(encoded)]
    authorities = [authority.certificate for authority in store.authorities]
    complete = TrustStore.of(store.purpose, authorities, lists, store.seals, periods=store.periods)
    return write(folder, dataclasses.replace(known, store=complete))


def write(folder: Path, known: offline.Trust) -> list[str]:
    """Write a trust folder; returns the names of its files."""
    written = dict(files(known))
    for name, data in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(written)


def files(known: offline.Trust) -> Iterator[tuple[str, bytes]]:
    """Names and contents of a trust folder, the same for the same trust."""
    store = known.store
    yield NAME, TrustPolicy(store.purpose, known.rules, store.periods).dumps()
    for authority in store.authorities:
        yield f"{sha256(authority.certificate)}.pem", authority.certificate.public_bytes(Encoding.PEM)
    for data in sorted(_lists(store)):
        yield f"{hashlib.sha256(data).hexdigest()}.crl", data
    for seal in store.seals:
        yield f"seals/{sha256(seal)}.pem", seal.public_bytes(Encoding.PEM)
    for key in known.log_keys:
        yield f"log-{hashlib.sha256(key.encode()).hexdigest()[:16]}.vkey", f"{key}\n".encode()


def _lists(store: TrustStore) -> set[bytes]:
    return {data for authority in store.authorities for found in authority.lists for data in found.encoded()}
