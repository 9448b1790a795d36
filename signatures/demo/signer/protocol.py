"""NCALayer's protocol: one request, one reply, both JSON texts.

Modules ``kz.gov.pki.knca.basics`` (method ``sign``), the older ``kz.gov.pki.knca.commonUtils`` (methods
``createCAdESFromBase64``, ``createCMSSignatureFromBase64``, ``getActiveTokens``, ``getKeyInfo``), and
``kz.gov.pki.ncalayerservices.accessory``, which tells what is installed. Replies, errors and codes have the same form
as NCALayer's.
"""

import asyncio
import base64
import binascii
import functools
import json
import textwrap
from collections.abc import Awaitable, Callable
from typing import Any

from signatures.asn1 import oids
from signatures.demo.signer.queue import NoKey, RequestQueue

VERSION = "1.4"
GREETING = json.dumps({"result": {"version": VERSION}})
HEARTBEAT = "--heartbeat--"
BASICS, COMMON_UTILS = "kz.gov.pki.knca.basics", "kz.gov.pki.knca.commonUtils"
ACCESSORY = "kz.gov.pki.ncalayerservices.accessory"
INVOCATION_ERROR = ("INVOCATION_ERROR", "An invoked method threw an exception.")
CANCELED = {"code": "500", "message": "action.canceled"}
USAGES = {"SIGNATURE": oids.EMAIL_PROTECTION, "AUTHENTICATION": oids.CLIENT_AUTH}
LINE, LINE_END = 64, "\r\n"
# How other versions and stand-ins answer, for testing pages: one text instead of a list, or nothing at all.
USUAL, ONE_STRING, SILENT = MANNERS = ("usual", "one-string", "silent")


class Failure(Exception):
    """A request that NCALayer answers with an error of that code."""

    def __init__(self, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.reply = {"status": False, "code": code, "message": message, "details": details}


async def answer(text: str, queue: RequestQueue) -> str:
    """The reply to one message."""
    if text == HEARTBEAT:
        return HEARTBEAT
    try:
        request = json.loads(text)
    except ValueError:
        request = None
    if not isinstance(request, dict) or request.get("module") not in MODULES:
        return json.dumps({"success": False, "errorCode": "MODULE_NOT_FOUND"})
    if queue.manner == SILENT:
        # Until the page closes the connection.
        await asyncio.Event().wait()
    reply = await MODULES[request["module"]](request, queue)
    return json.dumps(reply, ensure_ascii=False)


# -- basics ------------------------------------------------------------------------------------------------------


async def _basics(request: dict[str, Any], queue: RequestQueue) -> dict[str, Any]:
    if request.get("method") != "sign":
        return Failure(*INVOCATION_ERROR, f"java.lang.NoSuchMethodException: {request.get('method')}").reply
    try:
        return await _sign(_object(request, "args"), queue)
    except Failure as failure:
        return failure.reply


async def _sign(args: dict[str, Any], queue: RequestQueue) -> dict[str, Any]:
    parameters = _object(args, "signingParams")
    documents = _documents(args, parameters, queue)
    try:
        key = await queue.ask(args.get("signerParams") or {}, documents)
    except NoKey as fault:
        raise Failure("SIGNING_FAILURE", str(fault)) from fault
    if key is None:
        return {"status": True, "body": {}}
    signatures = []
    for document in documents:
        stamp = queue.stamp if parameters.get("tsaProfile") is not None else None
        cms = await key.sign(document, detached=not parameters.get("encapsulate"), stamp=stamp)
        lines = textwrap.wrap(base64.b64encode(cms).decode(), LINE)
        signatures.append(LINE_END.join(["-----BEGIN CMS-----", *lines, "-----END CMS-----", ""]))
    result: Any = signatures[0] if queue.manner == ONE_STRING and len(signatures) == 1 else signatures
    if parameters.get("outputCert"):
        result = {"signatures": signatures, "certificate": key.info()["pem"]}
    return {"status": True, "body": {"result": result}}


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise Failure(*INVOCATION_ERROR, f'org.json.JSONException: JSONObject["{name}"] is not a JSONObject.')
    return value


def _documents(args: dict[str, Any], parameters: dict[str, Any], queue: RequestQueue) -> list[bytes]:
    """The documents to sign. Only CMS over data is supported, no hashes and no XML. :class:`Failure`."""
    if args.get("format") != "cms" or parameters.get("digested"):
        raise Failure("INVALID_SIGNING_PARAMS", "The demo signer makes CMS over data.")
    if parameters.get("tsaProfile") is not None and queue.stamp is None:
        raise Failure("INVALID_SIGNING_PARAMS", "No timestamp authority beside the keys of this demo signer.")
    data: Any = args.get("data")
    texts: list[Any] = data if isinstance(data, list) else [data]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise Failure("INVALID_SIGNING_PARAMS", "There is nothing to sign.")
    return [_decoded(text) if parameters.get("decode") else text.encode() for text in texts]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Failure("INVALID_SIGNING_PARAMS", f"The data is not base64: {fault}") from fault


# -- commonUtils -------------------------------------------------------------------------------------------------


async def _common_utils(request: dict[str, Any], queue: RequestQueue) -> dict[str, Any]:
    method = METHODS.get(str(request.get("method")))
    args = request.get("args") or []
    if method is None or not isinstance(args, list):
        reply = {"code": "500", "message": f"java.lang.NoSuchMethodException: {request.get('method')}"}
    else:
        try:
            reply = await method(args, queue)
        except (Failure, NoKey) as fault:
            reply = {"code": "500", "message": str(fault)}
    return {**reply, "uuid": request["uuid"]} if "uuid" in request else reply


async def _create_cades(args: list[Any], queue: RequestQueue, *, stamped: bool = False) -> dict[str, Any]:
    """``createCAdESFromBase64``; with ``stamped``, ``createCMSSignatureFromBase64``, which always adds a timestamp."""
    name = "createCMSSignatureFromBase64" if stamped else "createCAdESFromBase64"
    if len(args) != len(("storage", "kind", "data", "attach")) or args[1] not in USAGES or not isinstance(args[2], str):
        raise Failure("", f"java.lang.IllegalArgumentException: wrong number of arguments. Method: {name}")
    document = _decoded(args[2])
    if stamped and queue.stamp is None:
        raise Failure("", "No timestamp authority beside the keys of this demo signer.")
    key = await queue.ask({"extKeyUsageOids": [USAGES[args[1]]]}, [document])
    if key is None:
        return CANCELED
    cms = await key.sign(document, detached=not args[3], stamp=queue.stamp if stamped else None)
    return {"responseObject": base64.b64encode(cms).decode(), "code": "200"}


async def _key_info(_args: list[Any], queue: RequestQueue) -> dict[str, Any]:
    key = await queue.ask({}, [])
    return CANCELED if key is None else {"responseObject": key.info(), "code": "200"}


async def _active_tokens(_args: list[Any], _queue: RequestQueue) -> dict[str, Any]:
    """Always empty: the demo's keys are in files, not in hardware tokens."""
    return {"responseObject": [], "code": "200"}


METHODS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "createCAdESFromBase64": _create_cades,
    "createCMSSignatureFromBase64": functools.partial(_create_cades, stamped=True),
    "getActiveTokens": _active_tokens,
    "getKeyInfo": _key_info,
}


# -- accessory ---------------------------------------------------------------------------------------------------


async def _accessory(request: dict[str, Any], _queue: RequestQueue) -> dict[str, Any]:
    """What is installed. Windows and installations are those of NCALayer itself: the demo signer has none."""
    answers: dict[str, dict[str, Any]] = {
        "getBundles": {"kz.gov.pki.api.layer.NCALayerServices": VERSION},
        "getServices": {"services": sorted(MODULES)},
    }
    method = str(request.get("method"))
    return answers.get(method) or Failure(*INVOCATION_ERROR, f"java.lang.NoSuchMethodException: {method}").reply


MODULES: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    BASICS: _basics,
    COMMON_UTILS: _common_utils,
    ACCESSORY: _accessory,
}
