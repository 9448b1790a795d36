"""Evidence of signatures: fetched at receipt from the configured services, stored, and renewed before it expires."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ecase.audit import services as audit
from ecase.trust import services
from ecase.trust.models import Answer, EvidenceRecord
from signatures import DEFAULT, Evidence, Report, TrustStore
from signatures.clients.evidence import Addresses, Collected, Collector
from signatures.clients.http import Http
from signatures.evidence import Sources, renewal
from signatures.evidence.renewal import fades_at

# Records renewed under one timestamp.
BATCH = 1024
_RENEWING = "renewing"
NOT_CONFIGURED = "the settings name no timestamp authority, OCSP responder or revocation list: nothing was fetched"


class Answers:
    """Fetched answers in the database, shared by all processes (``signatures.clients.store.Store``)."""

    def get(self, key: str) -> bytes | None:
        found = Answer.objects.filter(key=key, until__gt=timezone.now()).values_list("value", flat=True).first()
        return None if found is None else bytes(found)

    def set(self, key: str, value: bytes, timeout: int) -> None:
        until = timezone.now() + timedelta(seconds=timeout)
        Answer.objects.bulk_create(
            [Answer(key=key, value=value, until=until)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "until"],
        )


def is_configured() -> bool:
    """Whether any services are configured."""
    return bool(settings.TSA_URLS or settings.OCSP_URLS or settings.CRL_URLS)


class _Held:
    """One collector per process, so that it remembers failed addresses; replaced when trust changes."""

    _http: Http | None = None
    _key: object = None
    _collector: Collector | None = None

    def get(self, trust: TrustStore) -> Collector:
        addresses = Addresses(settings.TSA_URLS, settings.OCSP_URLS, settings.CRL_URLS)
        key = (id(trust), addresses)
        if self._collector is None or self._key != key:
            # Not earlier: a connection belongs to the process that opened it.
            self._http = self._http or Http()
            self._key = key
            self._collector = Collector(addresses, trust, http=self._http, clock=timezone.now, store=Answers())
        return self._collector


_HELD = _Held()


def collector() -> Collector:
    """The client of all configured services."""
    return _HELD.get(services.at(timezone.now()).store)


def collect(cms: bytes, content: bytes, earlier: Evidence | None = None) -> Collected:
    """Fetch the evidence of a signature, and add it to what a previous attempt got.

    The earlier timestamp is kept, since it proves more. ``ValueError`` if the signature cannot be read. Uses the
    network, so call it without holding a lock.
    """
    found = collector().collect(cms, content)
    if earlier is None:
        return found
    later, old, new = found.evidence, earlier.sources, found.evidence.sources
    pairs = ((old.ocsp, new.ocsp), (old.crls, new.crls), (old.certificates, new.certificates))
    sources = Sources(*(tuple(dict.fromkeys((*first, *second))) for first, second in pairs))
    merged = dataclasses.replace(later, timestamps=earlier.timestamps or later.timestamps, sources=sources)
    return dataclasses.replace(found, evidence=merged)


def keep(report: Report, evidence: Evidence) -> None:
    """Store the evidence of an accepted signature, with the report; once for each signature."""
    complete = dataclasses.replace(evidence, report=report.as_dict())
    EvidenceRecord.objects.create(
        signature_sha256=report.signature_sha256, data=complete.dumps(), fades_at=fades_at(complete, DEFAULT)
    )


def of(signature_sha256: str) -> Evidence | None:
    """The evidence of a signature, if any was kept."""
    found = EvidenceRecord.objects.filter(pk=signature_sha256).first()
    return _read(found) if found else None


def records(signatures: Iterable[str]) -> dict[str, bytes]:
    """The evidence of several signatures in its stored form, by signature; those without any are absent."""
    found = EvidenceRecord.objects.filter(pk__in=list(signatures)).values_list("pk", "data")
    return {signature: bytes(data) for signature, data in found}


def _read(record: EvidenceRecord) -> Evidence:
    return Evidence.loads(bytes(record.data), DEFAULT.max_evidence_bytes)


def due(now: datetime) -> QuerySet[EvidenceRecord]:
    """The records whose proof expires soon, the earliest first; unsuccessful renewals are retried after a day."""
    until = now + timedelta(days=settings.RENEWAL_DAYS)
    fading = EvidenceRecord.objects.filter(fades_at__lte=until).exclude(tried_at__gt=now - timedelta(days=1))
    return fading.order_by("fades_at", "pk")


def claim_renewal(now: datetime, pause: timedelta) -> bool:
    """Whether something is due and nobody has started a renewal within ``pause``: then the caller has to renew."""
    if not due(now).exists():
        return False
    Answer.objects.filter(key=_RENEWING, until__lte=now).delete()
    _row, claimed = Answer.objects.get_or_create(key=_RENEWING, defaults={"value": b"", "until": now + pause})
    return claimed


def renew(now: datetime, stamp: Callable[[bytes], renewal.Stamped] | None = None) -> int:
    """Put up to a batch of expiring records under one new timestamp; returns how many are proven longer.
    ``Unreachable``.

    The token is fetched outside of a transaction; a record that was renewed meanwhile is left unchanged.
    """
    records = list(due(now)[:BATCH])
    if not records:
        return 0
    renewed = renewal.renew([_read(record) for record in records], stamp or collector().stamp_root)
    return _store(records, renewed, now)


@transaction.atomic
def _store(records: list[EvidenceRecord], renewed: list[Evidence], now: datetime) -> int:
    done = []
    for record, new in zip(records, renewed, strict=True):
        fades = fades_at(new, DEFAULT)
        # A token that expires as soon would only take up space.
        if fades and record.fades_at and fades > record.fades_at:
            unchanged = EvidenceRecord.objects.filter(pk=record.pk, data=bytes(record.data))
            if unchanged.update(data=new.dumps(), fades_at=fades):
                done.append(record.pk)
    EvidenceRecord.objects.filter(pk__in=[record.pk for record in records]).update(tried_at=now)
    if done:
        audit.append(
            "evidence.renewed",
            chain=services.CHAIN,
            actor=audit.service_actor(),
            subject={},
            data={"signatures": done, "token_sha256": hashlib.sha256(renewed[0].renewals[-1].token).hexdigest()},
        )
    return len(done)


def forget_answers(now: datetime) -> int:
    """Delete fetched answers that are no longer fresh; returns how many."""
    deleted, _by_model = Answer.objects.filter(until__lte=now).delete()
    return deleted
