"""The two doors: the same few things done over REST by a client program, and at the pages by a browser's forms."""

import base64
import re
import uuid
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any, Protocol

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ecase.cases.models import Case
from ecase.officers.models import Post
from tests.api.conftest import Caller
from tests.keys import Keyring
from tests.motions.world import PDF
from tests.portal.test_acts import faults, typed
from workflows.copies.models import Copy
from workflows.motions.states import DECISIONS, WITH_OUTCOME
from workflows.statute.schema import Kind

Payload = Mapping[str, Any]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)")
BASE = re.compile(r'name="base" value="([^"]*)"')
ROW = re.compile(r"\.\d+\.")


class Door(Protocol):
    """What an officer does, whichever way he comes in."""

    def draft(self, post: Post, case: Case, kind: Kind, earlier: str) -> str: ...

    def file(self, post: Post, pk: str, payload: Payload) -> None: ...

    def act(self, post: Post, pk: str, act_type: str, payload: Payload) -> None: ...

    def finds(self, post: Post, pk: str) -> bool: ...

    def receive(self, post: Post, copy: Copy) -> None: ...

    def serve(self, post: Post, copy: Copy) -> None: ...


class Rest:
    """Plain clients with a token each."""

    def __init__(self, keys: Keyring, call: Callable[[Post], Caller]) -> None:
        self.keys, self._call, self._callers = keys, call, dict[Any, Caller]()

    def draft(self, post: Post, case: Case, kind: Kind, earlier: str) -> str:
        """A draft with every attachment, about the ``earlier`` decision if one is named. Its id."""
        caller = self.caller(post)
        about = {"earlier": earlier} if earlier else {}
        draft = created(caller.post("/api/v1/motions/", {"case": case.number, "kind": kind.key, **about}))
        for requirement in kind.attachments:
            fields = {"requirement": requirement.key, "file": upload(requirement.key)}
            created(caller.post(f"{draft['url']}documents/", fields, format="multipart"))
        return str(draft["id"])

    def file(self, post: Post, pk: str, payload: Payload) -> None:
        """State the payload and sign the motion."""
        caller = self.caller(post)
        revision = caller.get(url(pk)).data["revision"]
        kept = caller.patch(url(pk), {"payload": payload}, headers={"If-Match": f'"{revision}"'})
        assert kept.status_code == 200, kept.content
        self.act(post, pk, "motion", {})

    def act(self, post: Post, pk: str, act_type: str, payload: Payload) -> None:
        """Open the materials, prepare, sign, submit."""
        caller = self.caller(post)
        assert caller.get(f"{url(pk)}documents/").status_code == 200
        prepared = created(caller.post(f"{url(pk)}acts/", {"type": act_type, "payload": payload}))
        cms = self.keys.sign(post, base64.b64decode(prepared["to_sign"]))
        body = {"cms": base64.b64encode(cms).decode()}
        created(caller.post(prepared["signature"], body, headers={"Idempotency-Key": str(uuid.uuid4())}))

    def finds(self, post: Post, pk: str) -> bool:
        """Whether the motion is there for the officer: by its address, and in his queue."""
        caller = self.caller(post)
        status = caller.get(url(pk)).status_code
        listed = {row["id"] for row in caller.get("/api/v1/motions/?limit=100").data["results"]}
        assert status == (200 if pk in listed else 404)
        return status == 200

    def receive(self, post: Post, copy: Copy) -> None:
        """Acknowledge a copy that came through the service."""
        created(self.caller(post).post(f"/api/v1/copies/{copy.pk}/acknowledgement/", {}))

    def serve(self, post: Post, copy: Copy) -> None:
        """Record that a copy was handed over, with the proof."""
        given = {"how": "handed_over", "file": upload("receipt")}
        created(self.caller(post).post(f"/api/v1/copies/{copy.pk}/acknowledgement/", given, format="multipart"))

    def caller(self, post: Post) -> Caller:
        return self._callers.setdefault(post.pk, self._call(post))


class Portal:
    """Browsers without scripts: every page is opened before its form is posted."""

    def __init__(self, keys: Keyring, enter: Callable[[Post], Client]) -> None:
        self.keys, self._enter, self._clients = keys, enter, dict[Any, Client]()

    def draft(self, post: Post, case: Case, kind: Kind, earlier: str) -> str:
        """As over REST, from the page of the case."""
        client, start = self.client(post), f"/cases/{case.pk}/motions/"
        assert f'value="{kind.key}"' in shown(client.get(start))
        draft = client.post(start, {"kind": kind.key})["Location"]
        motion = draft.removesuffix("draft/")
        if earlier:
            assert f'value="{earlier}"' in shown(client.get(draft))
            shown(client.post(f"{draft}earlier/", {"earlier": earlier}))
        for requirement in kind.attachments:
            shown(client.post(f"{motion}attachments/for/{requirement.key}/", {"file": upload(requirement.key)}))
        return str(motion.split("/")[2])

    def file(self, post: Post, pk: str, payload: Payload) -> None:
        """Fill in the draft's page and sign."""
        client = self.client(post)
        page = shown(client.get(f"/motions/{pk}/draft/"))
        base = BASE.search(page)
        assert base
        posted = {**filled_in(page, payload), "base": unescape(base[1])}
        self._sign(post, client.post(f"/motions/{pk}/draft/file/", posted))

    def act(self, post: Post, pk: str, act_type: str, payload: Payload) -> None:
        """Open the materials, fill in the act's page, look at what is signed, sign."""
        client = self.client(post)
        address = f"/motions/{pk}/decide/" if act_type in DECISIONS else f"/motions/{pk}/acts/{act_type}/"
        shown(client.get(f"/motions/{pk}/materials/"))
        page = shown(client.get(address))
        if act_type in WITH_OUTCOME:
            page += shown(client.post(f"{address}fields/", typed(payload)))
        self._sign(post, client.post(f"{address}prepare/", filled_in(page, payload)))

    def finds(self, post: Post, pk: str) -> bool:
        """Whether the motion is there for the officer: its page, and its versions."""
        statuses = {
            self.client(post).get(f"/motions/{pk}/{part}", follow=True).status_code for part in ("", "versions/")
        }
        assert len(statuses) == 1
        return statuses == {200}

    def receive(self, post: Post, copy: Copy) -> None:
        """As over REST, by the page of the copies."""
        self._settle(post, copy, f"/copies/{copy.pk}/acknowledgement/", {})

    def serve(self, post: Post, copy: Copy) -> None:
        """As over REST, by the page of the copies."""
        given = {"how": "handed_over", "file": upload("receipt")}
        self._settle(post, copy, f"/copies/{copy.pk}/service/", given)

    def _settle(self, post: Post, copy: Copy, address: str, given: dict[str, Any]) -> None:
        client, copies = self.client(post), f"/motions/{copy.motion_id}/copies/"
        assert f'action="{address}"' in shown(client.get(copies))
        assert client.post(address, given).status_code == 302

    def client(self, post: Post) -> Client:
        if post.pk not in self._clients:
            self._clients[post.pk] = self._enter(post)
        return self._clients[post.pk]

    def _sign(self, post: Post, answer: HttpResponse) -> None:
        """What the page's script does: fetch the bytes, have them signed, post the signature, go where it says."""
        assert answer.status_code == 302, faults(answer)
        client, prepared = self.client(post), answer["Location"]
        shown(client.get(prepared))
        cms = self.keys.sign(post, client.get(f"{prepared}act.json").content)
        signed = client.post(f"{prepared}signature/", {"cms": pem(cms)})
        assert signed.status_code == 200, signed.content
        shown(client.get(signed.json()["next"]))


def url(pk: str) -> str:
    return f"/api/v1/motions/{pk}/"


def created(response: Any) -> dict[str, Any]:
    assert response.status_code == 201, response.content
    return dict(response.data)


def shown(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    return str(response.content.decode())


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", PDF + name.encode())


def pem(cms: bytes) -> str:
    """As NCALayer answers."""
    return f"-----BEGIN CMS-----\n{base64.encodebytes(cms).decode()}-----END CMS-----\n"


def filled_in(page: str, payload: Payload) -> dict[str, Any]:
    """What a browser posts when the page's own inputs are filled in with ``payload``."""
    posted = {name: _as_typed(value) for name, value in typed(payload).items()}
    lacking = [name for name in posted if f'name="{name}"' not in page and _in_new_row(name) not in page]
    assert not lacking
    return posted


def _in_new_row(name: str) -> str:
    return f'name="{ROW.sub(".__row__.", name)}"'


def _as_typed(value: Any) -> Any:
    """Instants as a browser's local time, to the minute."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        return value
    instant = parse_datetime(value)
    assert instant
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M")
