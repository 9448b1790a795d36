"""Nonsense at every door: no error of ours comes out, and whatever is refused is refused as RFC 9457 has it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils.http import urlencode
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import Caller
from tests.motions.conftest import World

pytestmark = pytest.mark.django_db
UUID = "00000000-0000-4000-8000-000000000000"
EARLY, LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
NESTED: Any = json.loads("[" * 29 + "]" * 29)
# In place of a single value: what no field takes, and what only looks as if one could.
VALUES: list[Any] = [
    *(None, True, 0, -1, 2**31, 2**53, 2**63, 10**400, 1.5),
    *("", " ", "x" * 5000, "\ufdd0\u202e", "\u0000", "\ud800", "e\u0301", "\u0663", EARLY, LATE, UUID),
    *([], [None], {}, {"": None}, NESTED),
]
# In place of a whole body.
BODIES = [
    *(b"", b" ", b"null", b"true", b"1", b'"text"', b"[]", b'[{"case": 1}]', b"{}", b'{"": 1}', b"{"),
    *(b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\\u0000"}', b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00"),
    *(b"[" * 5000, b'{"a":' * 100 + b"1" + b"}" * 100),
]
TYPES = [
    *("", "nonsense", "application/json; charset=nonsense", "application/json; charset=utf-16", "application/xml"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\u00e9"),
    *("multipart/form-data; boundary=" + "x" * 300, "application/x-www-form-urlencoded"),
]
FORM = "multipart/form-data; boundary=x"
FORMS = [
    *(b"", b"--x", b"--x\r\n\r\n--x--"),
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\na\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="\x00"\r\n\r\n\x00\r\n--x--',
]
HEADERS = {
    "Idempotency-Key": ["x" * 129, "\x00", "\u00e9", '"', '""', "a,b", " ", "a\tb"],
    "If-Match": ["*", "1", '"-1"', 'W/"1"', '"' + "9" * 30 + '"', '"\u0663"'],
    "If-None-Match": ["*", ",", "\u00e9"],
    "Content-Digest": ["sha-256", "sha-256=", "sha-256=:!:", "sha-256=:\u00e9:", "md5=:x:, sha-256=::"],
    "Authorization": ["", "Bearer", "Bearer  ", "Bearer \u00e9", "Bearer " + "x" * 5000, "Basic eDp5", "Bearer a b"],
    "Accept": ["nonsense", "text/csv", "application/json; q=x", "*/*; version=" + "9" * 50],
    "Accept-Language": ["x" * 5000, "\u00e9", "kk;q=nonsense", "../../etc"],
}
IN_PATHS = {
    "string": ["x", "%00", "%FF", "..%2F..", "x" * 300, "\u00e9"],
    "uuid": ["x", UUID, UUID.upper(), UUID.replace("-", ""), "{" + UUID + "}", "%00", "0"],
    "integer": ["0", "-1", "1.5", "9" * 10, "9" * 30, "9" * 5000, "\u0663", "%00"],
}
QUERIES = ["", "\x00", "x" * 5000, "-1", "9" * 40, "null", "[]", EARLY, LATE, "\u0663", UUID]


class Doors:
    """Every operation of the description, and a caller who knocks and takes back whatever that did."""

    def __init__(self, caller: Caller, existing: dict[str, Any]) -> None:
        self.caller, self.existing = caller, existing
        self.schema = SchemaGenerator().get_schema(request=None, public=True)
        self.faults: list[str] = []
        self.knocks = 0

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Method, path and description of each."""
        for path, operations in self.schema["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def address(self, path: str, **given: str) -> str:
        """Where ``path`` leads to something that exists, but for what is ``given``."""
        for name, value in {**self.existing, **given}.items():
            path = path.replace(f"{{{name}}}", str(value))
        return path

    def knock(self, method: str, address: str, body: bytes, kind: str = "application/json", **headers: str) -> None:
        """Send it, and note what is wrong with the answer."""
        self.knocks += 1
        sent = {"Idempotency-Key": str(self.knocks), "If-Match": '"1"', **headers}
        point = transaction.savepoint()
        answer = self.caller.generic(method, address, body, kind, headers=sent)
        found = [*wrong(answer), *nameless(answer, body)]
        self.faults += [f"{method} {address[:120]} {kind[:50]} {body[:80]!r} {headers}: {fault}" for fault in found]
        transaction.savepoint_rollback(point)

    def sample(self, operation: dict[str, Any]) -> Any:
        """A JSON body of the shape that an operation takes; None if it takes none."""
        content = operation.get("requestBody", {}).get("content", {})
        return self.value(content["application/json"]["schema"]) if "application/json" in content else None

    def value(self, shape: dict[str, Any]) -> Any:
        """A value of that shape."""
        shape = self.resolved(shape)
        if shape.get("type") == "array":
            return [self.value(shape["items"])]
        if shape.get("type") == "object":
            return {name: self.value(one) for name, one in shape.get("properties", {"offence": {}}).items()}
        return shape["enum"][0] if "enum" in shape else UUID if shape.get("format") == "uuid" else "custody"

    def resolved(self, shape: dict[str, Any]) -> dict[str, Any]:
        """The shape that is meant, by itself or by reference."""
        (named,) = shape.get("allOf", [shape])
        if "$ref" not in named:
            return dict(named)
        return self.resolved(self.schema["components"]["schemas"][named["$ref"].rsplit("/")[-1]])


def wrong(answer: Any) -> Iterator[str]:
    """What an answer must not be: an error of ours, or a refusal in another form than RFC 9457's."""
    if answer.streaming:
        list(answer.streaming_content)
    if answer.status_code < 400:
        return
    if answer.status_code == 500 or answer["Content-Type"] != "application/problem+json":
        yield f"{answer.status_code} {answer['Content-Type']}"
        return
    document = answer.json()
    # What the service lacks is listed beside the problems (RFC 9457, 3.2).
    more = {"checks"} if document["type"].endswith("/unready") else set()
    if document.keys() != {"type", "title", "status", "detail", "instance", "problems"} | more:
        yield f"members {sorted(document)}"
    if document["status"] != answer.status_code or not document["title"]:
        yield f"{document['status']} {document['title']}"


def nameless(answer: Any, body: bytes) -> Iterator[str]:
    """Of what could be read and was wrong, each fault has a sentence, and one at least a field."""
    if answer.status_code not in (400, 422):
        return
    problems = answer.json()["problems"]
    if not problems or not all(problem["code"] and problem["message"] for problem in problems):
        yield f"{answer.status_code} without a problem"
    if (
        answer.status_code == 422
        and body[:1] == b"{"
        and not any(problem["field"] or problem["code"] == "unknown" for problem in problems)
    ):
        yield f"422 without a field: {problems}"


def instead(value: Any) -> Iterator[Any]:
    """``value`` with nonsense in the place of each of its parts in turn."""
    if isinstance(value, dict):
        yield {**value, "nonsense": 1}
        for name, part in value.items():
            yield {key: one for key, one in value.items() if key != name}
            yield from ({**value, name: wrong} for wrong in (*VALUES, *instead(part)))
    if isinstance(value, list):
        yield from (value * 2, value * 1001)
        yield from ([item] for item in (*VALUES, *instead(value[0])))


def bodies(doors: Doors, method: str, path: str, operation: dict[str, Any]) -> None:
    """Whole bodies that are none, in types that are none, and good ones with one bad part."""
    address, takes = doors.address(path), "requestBody" in operation
    for body in BODIES if takes else BODIES[-1:]:
        doors.knock(method, address, body)
    for kind in TYPES if takes else TYPES[:1]:
        doors.knock(method, address, b'{"a": 1}', kind)
    for form in FORMS if takes else FORMS[-1:]:
        doors.knock(method, address, form, FORM)
    for payload in instead(doors.sample(operation)):
        doors.knock(method, address, json.dumps(payload).encode())


def addresses(doors: Doors, method: str, path: str, operation: dict[str, Any]) -> None:
    """Ids and numbers in the path, and parameters of the query."""
    # Headers that every operation reads are referred to; `headers` below sends them.
    for parameter in (given for given in operation.get("parameters", ()) if "$ref" not in given):
        name, shape = parameter["name"], parameter["schema"]
        for value in IN_PATHS[kind_of(shape)] if parameter["in"] == "path" else ():
            doors.knock(method, doors.address(path, **{name: value}), b"{}")
        for value in QUERIES if parameter["in"] == "query" else ():
            doors.knock(method, f"{doors.address(path)}?{urlencode({name: value})}", b"")


def kind_of(shape: dict[str, Any]) -> str:
    """What stands in a path: ``uuid``, ``integer`` or ``string``."""
    return "uuid" if shape.get("format") == "uuid" else str(shape["type"])


def headers(doors: Doors, method: str, path: str, _operation: dict[str, Any]) -> None:
    """Headers, at operations which between them read all of them."""
    if method == "PATCH" or path.endswith(("/v1/motions/", "/documents/")):
        for name, values in HEADERS.items():
            for value in values:
                doors.knock(method, doors.address(path), b"{}", **{name: value})


def test_nonsense_is_refused_in_order(world: World, existing: dict[str, Any], call: Any, unlimited: None) -> None:
    caller = call(world.posts["investigator"])
    caller.raise_request_exception = False
    doors = Doors(caller, existing)
    for method, path, operation in doors.operations():
        for nonsense in (bodies, addresses, headers):
            nonsense(doors, method, path, operation)
    assert doors.knocks > 1000
    assert doors.faults == []
