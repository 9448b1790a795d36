#!/usr/bin/env python3
"""A prosecutor's client of the REST API: httpx and a PKCS#12 key, nothing of the service itself.

    python examples/prosecutor.py --url http://127.0.0.1:8000 --p12 key.p12 --password demo --once

It signs in with the key, takes the motions that wait for the prosecutor, downloads their materials and checks every
hash against what the investigator signed, has an agreement prepared, compares the bytes with what it has seen, signs
them, and submits the signature under an Idempotency-Key. Exit codes: 0 done, 1 refused by the service, 2 wrong usage,
3 something does not fit what was shown, 4 the service cannot be reached.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner

DONE, REFUSED, USAGE, MISMATCH, UNREACHABLE = range(5)
WAITING_FOR_PROSECUTOR = "submitted"
TRIES = 4
Json = dict[str, Any]


class RefusedByService(Exception):
    """The service refused a request. ``document`` is its problem document (RFC 9457)."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.document: Json = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        faults = [f"{one['field'] or '-'}: {one['message']}" for one in self.document.get("problems", [])]
        super().__init__("\n  ".join([f"{self.status} {self.document.get('title', response.reason_phrase)}", *faults]))


class DoesNotFit(Exception):
    """A received file, or the bytes to sign, differ from what was shown. Nothing has been signed."""


class Key:
    """A signing key with its certificate, from a PKCS#12 file."""

    def __init__(self, pkcs12: bytes, password: str) -> None:
        signer = SimpleSigner.load_pkcs12_data(pkcs12, other_certs=[], passphrase=password.encode())
        if signer is None:
            raise ValueError("the PKCS#12 file cannot be opened with this password")
        self._signer = signer

    @property
    def iin(self) -> str:
        """The owner's IIN, from the certificate's ``serialNumber``."""
        return str(self._signer.signing_cert.subject.native["serial_number"]).removeprefix("IIN")

    def sign(self, data: bytes) -> bytes:
        """Detached CAdES-B over ``data``, DER."""
        attributes = PdfCMSSignedAttributes(signing_time=datetime.now(UTC))
        signing = self._signer.async_sign_general_data(
            data, "sha256", detached=True, use_cades=True, signed_attr_settings=attributes
        )
        signed: bytes = asyncio.run(signing).dump()
        return signed


@dataclass(frozen=True)
class Materials:
    """A motion as shown to the prosecutor: its facts, its text, and the bytes of every file by SHA-256."""

    motion: Json
    payload: Json
    files: dict[str, bytes]


class Client:
    """The prosecutor's side of the API. ``transport`` lets tests talk to an application in the same process."""

    def __init__(self, url: str, key: Key, *, tell: Callable[[str], None] = print, **options: Any) -> None:
        self.key, self.tell = key, tell
        self.http = httpx.Client(base_url=url, timeout=30, headers={"Accept-Language": "en"}, **options)

    # -- signing in ------------------------------------------------------------------------------------------------

    def sign_in(self, post: str | None = None) -> Json:
        """Answer a challenge with a signature; later requests carry the token. Returns the session."""
        challenge = self._json("POST", "/api/v1/auth/challenge/")
        cms = self.key.sign(base64.b64decode(challenge["to_sign"]))
        answer: Json = {"challenge": challenge["id"], "cms": _base64(cms), **({"post": post} if post else {})}
        session = self._json("POST", "/api/v1/auth/token/", json=answer)
        self.http.headers["Authorization"] = f"Bearer {session.pop('token')}"
        self.tell(
            f"signed in: {session['officer']['name']}, {session['post']['role']}, {session['post']['organisation']}"
        )
        return session

    def sign_out(self) -> None:
        """Revoke the token."""
        self._send("DELETE", "/api/v1/auth/token/")
        del self.http.headers["Authorization"]

    # -- reading ---------------------------------------------------------------------------------------------------

    def queue(self, **filters: str) -> Iterator[Json]:
        """The motions that wait for the prosecutor, page after page."""
        url: str | None = "/api/v1/motions/"
        query: Mapping[str, str] | None = {"state": WAITING_FOR_PROSECUTOR, **filters}
        while url:
            page = self._json("GET", url, params=query)
            yield from page["results"]
            url, query = page["next"], None

    def may(self, motion_id: str, act: str) -> bool:
        """Whether the act is available to this post now: several offices consent one after another."""
        motion = self._json("GET", f"/api/v1/motions/{motion_id}/")
        return any(one["type"] == act for one in motion["available_acts"])

    def open(self, motion_id: str) -> Materials:
        """Open the materials (the service records it), download every file, and compare all with what was signed."""
        motion = self._json("GET", f"/api/v1/motions/{motion_id}/")
        listed = self._json("GET", f"{motion['url']}documents/")
        self.tell(f"motion {motion['case']['number']}, {motion['kind_name']}; opened at {listed['opened_at']}")
        files = {one["sha256"]: self._download(one["url"], one["sha256"]) for one in listed["attachments"]}
        for one in listed["attachments"]:
            self.tell(f"  {one['name']}, {one['size']} bytes, SHA-256 {one['sha256']}: fits")
        materials = Materials(motion, listed["payload"], files)
        self._hold_against_signed(materials)
        return materials

    def _hold_against_signed(self, materials: Materials) -> None:
        """Check text and files against those that the investigator signed, with his later corrections of instants."""
        acts = materials.motion["acts"]
        filed = max(place for place, one in enumerate(acts) if one["type"] == "motion")
        signed = self._signed(acts[filed])
        stated, attached = dict(signed["payload"]), {one["sha256"] for one in signed["files"][1:]}
        for correction in (self._signed(act) for act in acts[filed:] if act["type"] == "correction"):
            stated[correction["payload"]["field"]] = correction["payload"]["value"]
        if stated != materials.payload or attached != set(materials.files):
            raise DoesNotFit("the materials are not those that the investigator signed")
        self.tell(f"  text and files are those that {signed['author']['name']} signed")

    def _signed(self, act: Json) -> Json:
        """The content of an act's signed bytes."""
        signed: Json = json.loads(base64.b64decode(self._json("GET", act["url"])["act_json"]))
        return signed

    def _download(self, url: str, sha256: str) -> bytes:
        data = self._send("GET", url).content
        if _sha256(data) != sha256:
            raise DoesNotFit(f"{url} does not have the hash {sha256}")
        return data

    # -- acting ----------------------------------------------------------------------------------------------------

    def prepare(self, materials: Materials, act: str, payload: Json) -> Json:
        """Have the act prepared; returned only if its bytes state what was requested and shown."""
        motion = materials.motion
        prepared = self._json("POST", f"{motion['url']}acts/", json={"type": act, "payload": payload})
        pdf = self._send("GET", prepared["pdf"]).content
        self.tell(f"prepared: {act}, {len(pdf)} bytes of PDF, to be signed by {prepared['expires_at']}")
        compare(prepared, materials, self.key.iin, payload, pdf)
        self.tell(f"  the bytes to sign (SHA-256 {prepared['sha256']}) say what was asked for")
        return prepared

    def submit(self, prepared: Json) -> Json:
        """Sign the prepared bytes and submit the signature; repeated if the connection breaks, it counts once."""
        cms = self.key.sign(base64.b64decode(prepared["to_sign"]))
        headers = {"Idempotency-Key": str(uuid.uuid5(uuid.UUID(prepared["id"]), _sha256(cms)))}
        act = self._json("POST", prepared["signature"], json={"cms": _base64(cms)}, headers=headers, tries=TRIES)
        self.tell(f"performed: act {act['id']} at {act['performed_at']}; the motion is now {act['motion_state']}")
        return act

    def handle(self, motion_id: str, act: str = "agreement", payload: Json | None = None) -> Json:
        """Handle one motion: open, check, prepare, compare, sign, submit. Returns the act."""
        return self.submit(self.prepare(self.open(motion_id), act, payload or {}))

    # -- HTTP ------------------------------------------------------------------------------------------------------

    def _json(self, method: str, url: str, *, tries: int = 1, **options: Any) -> Json:
        answer: Json = self._send(method, url, tries=tries, **options).json()
        return answer

    def _send(self, method: str, url: str, *, tries: int = 1, **options: Any) -> httpx.Response:
        for attempt in range(1, tries + 1):
            try:
                response = self.http.request(method, url, **options)
                break
            except httpx.TransportError:
                if attempt == tries:
                    raise
                time.sleep(2**attempt)
        if response.is_error:
            raise RefusedByService(response)
        return response


def compare(prepared: Json, materials: Materials, iin: str, payload: Json, pdf: bytes) -> None:
    """Compare the bytes to sign with what was shown. Raises :class:`DoesNotFit`, which names every difference."""
    data = base64.b64decode(prepared["to_sign"])
    act = json.loads(data)
    last = materials.motion["acts"][-1] if materials.motion["acts"] else {}
    previous = act["previous"] or {}
    expected = {
        "the hash of the bytes": (_sha256(data), prepared["sha256"]),
        "the canonical form": (data, _canonical(act)),
        "the schema": (act["schema"], "ecase.act/1"),
        "the act": (act["act"]["id"], prepared["id"]),
        "the type of the act": (act["act"]["type"], prepared["type"]),
        "the motion": (act["motion"]["id"], materials.motion["id"]),
        "the case": (act["case"]["number"], materials.motion["case"]["number"]),
        "the author": (act["author"]["iin"], iin),
        "the payload": (act["payload"], payload),
        "the previous act": (previous.get("sha256"), last.get("sha256")),
        "the PDF": (_sha256(pdf), act["files"][0]["sha256"]),
    }
    different = [what for what, (said, shown) in expected.items() if said != shown]
    if different:
        raise DoesNotFit(f"the bytes to sign differ from what was shown: {', '.join(different)}")


def _canonical(value: Json) -> bytes:
    """RFC 8785 without floats and with keys of one plane of Unicode, which is all that an act contains."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    options = _options(arguments)
    try:
        key = Key(options.p12.read_bytes(), options.password)
    except (OSError, ValueError) as fault:
        return _fail(USAGE, fault)
    return _run(Client(options.url, key), options)


def _run(client: Client, options: argparse.Namespace) -> int:
    try:
        client.sign_in(options.post)
        _work(client, options)
        client.sign_out()
    except RefusedByService as fault:
        return _fail(REFUSED, fault)
    except DoesNotFit as fault:
        return _fail(MISMATCH, fault)
    except httpx.TransportError as fault:
        return _fail(UNREACHABLE, fault)
    return DONE


def _work(client: Client, options: argparse.Namespace) -> None:
    if options.motion:
        client.handle(options.motion, options.act, options.payload)
        return
    while True:
        for motion in list(client.queue()):
            if client.may(motion["id"], options.act):
                client.handle(motion["id"], options.act, options.payload)
        if options.once:
            return
        time.sleep(options.interval)


def _fail(code: int, fault: Exception) -> int:
    print(fault, file=sys.stderr)
    return code


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service is")
    parser.add_argument("--p12", type=Path, required=True, help="the signing key, PKCS#12")
    parser.add_argument("--password", default=os.environ.get("P12_PASSWORD", ""), help="of the key; or P12_PASSWORD")
    parser.add_argument("--post", help="the id of the post, for an officer who holds several")
    parser.add_argument("--act", default="agreement", choices=["agreement", "refusal", "return"])
    parser.add_argument("--payload", type=json.loads, default={}, help="what the act states, as JSON")
    parser.add_argument("--interval", type=float, default=10, help="seconds between looks at the queue")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--motion", help="the id of one motion")
    which.add_argument("--once", action="store_true", help="what is in the queue now, then stop")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
