"""Completes the description: problems, headers, tags, examples and webhooks, which no single view knows."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from api import problems, webhooks
from api.examples import example_of
from api.problem_pages import MEANINGS

Described = dict[str, Any]
PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}
UNSUFFIXED = "/api/health/"
# The rooms of the API (``AutoSchema.get_tags``), in the order in which a client meets them.
TAGS = {
    "auth": "Sign in with the key that signs acts.",
    "kinds": "The law in force: what may be asked, with which form and which files.",
    "cases": "Cases of the register, their persons and counsel: entered, corrected, named.",
    "measures": "Measures in force on persons: who is held, since when, until when, by which act.",
    "motions": "Drafts and motions, their content, files and acts.",
    "acts": "Prepared and performed acts, signatures and evidence.",
    "decisions": "Decisions of which counsel's clients are owed a copy.",
    "copies": "Copies of decisions and notices of hearings, and the proof of service.",
    "endpoints": "Where the messages of an organisation are posted.",
    "statistics": "Figures of a period.",
    "audit": "The log, for third parties.",
    "verify": "Evidence containers, checked without a token.",
    "health": "Probes for supervisors.",
    "webhooks": "Messages that are posted to the endpoints of an organisation (Standard Webhooks 1.0).",
}
# Refusals of every operation, and those that only some can meet.
ALWAYS = {
    "4XX": "Refused: nothing has been changed. `type` says why, `problems` names every fault.",
    "5XX": "Not possible at this moment, or a fault of the service. Nothing has been changed.",
}
HEADERS: dict[str, tuple[str, Described]] = {
    "ETag": ("The revision of the motion, or the digest of the answer.", {"type": "string"}),
    "Location": ("The address of what was made.", {"type": "string", "format": "uri"}),
    "Idempotency-Replayed": ("`true`: the answer to the first request under this key.", {"const": "true"}),
    "Retry-After": ("Seconds after which the same request may be sent again.", {"type": "integer"}),
    "WWW-Authenticate": ("`Bearer`.", {"type": "string"}),
    "RateLimit": ("What is left of the client's allowance, and for how many seconds.", {"type": "string"}),
    "Content-Disposition": ("The name of the file.", {"type": "string"}),
    "Repr-Digest": ("The SHA-256 of the file (RFC 9530).", {"type": "string"}),
}
PARAMETERS: dict[str, Described] = {
    "Accept-Language": {
        "description": "The language of sentences in the answer: `kk`, `ru` or `en`.",
        "schema": {"type": "string", "maxLength": 100},
        "example": "en",
    },
    "If-None-Match": {
        "description": "The ETag of an answer that the caller holds: 304 if it still is the answer.",
        "schema": {"type": "string", "maxLength": 200},
    },
}
# What follows from an answer, by the id in it.
LINKS = {
    "createDraft": {"getMotion": "motion_id"},
    "prepareAct": {"getAct": "act_id", "getActPdf": "act_id", "signAct": "act_id"},
    "signAct": {"getAct": "act_id", "getActContainer": "act_id"},
    "addEndpoint": {"getEndpoint": "endpoint_id", "testEndpoint": "endpoint_id"},
}


def drop_aliases(endpoints: list[tuple[str, ...]], **_about: Any) -> list[tuple[str, ...]]:
    """Leave out addresses without a final slash, which are kept for programs that know them by heart."""
    return [endpoint for endpoint in endpoints if endpoint[0].endswith("/") or endpoint[0].startswith(UNSUFFIXED)]


def complete(result: Described, generator: Any, **_about: Any) -> Described:
    """The hook of drf-spectacular (``POSTPROCESSING_HOOKS``): the description as it is served."""
    components = result["components"]
    components["headers"] = {name: {"description": text, "schema": schema} for name, (text, schema) in HEADERS.items()}
    components["parameters"] = {name: {"name": name, "in": "header", **about} for name, about in PARAMETERS.items()}
    components["examples"] = dict(_problem_examples())
    named, used = {**_named(), **ALWAYS}, set[str]()
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            used |= _complete(operation, method, path, components["schemas"])
    components["responses"] = {
        f"Problem{code}": _problem(code, named[code], components["examples"]) for code in sorted(used)
    }
    components["schemas"].update(webhooks.SCHEMAS)
    result["webhooks"] = webhooks.describe()
    return result


def _named() -> dict[str, str]:
    """The statuses of single refusals, with the meanings of their types."""
    named: dict[str, str] = {}
    for slug, (status, _title) in problems.types().items():
        if 400 <= status < 500:  # noqa: PLR2004
            named[str(status)] = " ".join(filter(None, [named.get(str(status)), str(MEANINGS[slug])]))
    return {**named, "202": str(MEANINGS["signature-undecided"])}


def _problem(code: str, text: str, examples: Described) -> Described:
    statuses = {name: str(problems.types()[name][0]) for name in examples}
    # Those of a class of statuses are shown where every operation may meet them.
    fitting = [name for name, status in statuses.items() if status == code or (code in ALWAYS and status[0] == code[0])]
    shown = {name: {"$ref": f"#/components/examples/{name}"} for name in fitting}
    headers = {"401": ["WWW-Authenticate"], "429": ["Retry-After"], "5XX": ["Retry-After"], "202": ["Location"]}
    content = {problems.MEDIA_TYPE: {"schema": PROBLEM, "examples": shown}}
    return {"description": text, "headers": _headers(headers.get(code, [])), "content": content}


def _problem_examples() -> Iterator[tuple[str, Described]]:
    """A document of every type of problem."""
    for slug, (status, title) in problems.types().items():
        fault = {"code": slug, "field": "", "message": str(MEANINGS[slug])}
        document = {
            "type": f"{settings.PUBLIC_URL}/problems/{slug}",
            "title": str(title),
            "status": status,
            "detail": fault["message"],
            "instance": "/api/v1/motions/",
            "problems": [fault],
        }
        yield slug, {"summary": document["title"], "value": document}


def _headers(names: list[str]) -> Described:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _complete(operation: Described, method: str, path: str, schemas: Described) -> set[str]:
    """Add to the operation what belongs to every one; returns the codes of its refusals."""
    answers, parameters = operation.pop("x-answers"), operation.setdefault("parameters", [])
    operation["security"] = [needed for needed in operation.get("security", []) if needed]
    for parameter in parameters:
        if parameter.get("schema", {}).get("default") == "":
            del parameter["schema"]["default"]
    wanted = ["Accept-Language", *(["If-None-Match"] if answers["revalidated"] else [])]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in wanted]
    responses = operation["responses"]
    for code, response in responses.items():
        _complete_answer(response, code, operation, answers, schemas)
    if answers["revalidated"]:
        responses["304"] = {"description": "The caller holds this answer.", "headers": _headers(["ETag"])}
    codes = [*_refusals(operation, method, path), *ALWAYS]
    responses.update({code: {"$ref": f"#/components/responses/Problem{code}"} for code in codes})
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content.setdefault("example", example_of(content["schema"], schemas))
    return set(codes)


def _complete_answer(
    response: Described, code: str, operation: Described, answers: Described, schemas: Described
) -> None:
    named = {parameter.get("name") for parameter in operation["parameters"]}
    names = ["RateLimit"]
    names += ["ETag"] if answers["revalidated"] or answers["file"] else []
    names += ["Content-Disposition", "Repr-Digest"] if answers["file"] else []
    names += ["Location"] if code == "201" and "Idempotency-Key" in named else []
    names += ["Idempotency-Replayed"] if "Idempotency-Key" in named else []
    response["headers"], response["description"] = _headers(names), response["description"] or operation["summary"]
    links = LINKS.get(operation["operationId"], {}) if code == "201" else {}
    if links:
        response["links"] = {
            name: {"operationId": name, "parameters": {parameter: "$response.body#/id"}}
            for name, parameter in links.items()
        }
    for media_type, content in response.get("content", {}).items():
        if answers["file"]:
            content["schema"] = {**content["schema"], "contentMediaType": media_type}
        else:
            content.setdefault("example", example_of(content["schema"], schemas))


def _refusals(operation: Described, method: str, path: str) -> list[str]:
    """The refusals that this operation can meet by what it takes."""
    named = {parameter.get("name"): parameter.get("in") for parameter in operation["parameters"]}
    has_body, needs_token = "requestBody" in operation, bool(operation["security"])
    met = {
        "202": operation["operationId"] == "signAct",
        "401": needs_token,
        "403": needs_token,
        "404": "{" in path,
        "409": method != "get" and needs_token,
        "410": operation["operationId"] in {"signAct", "signIn"},
        "412": "If-Match" in named,
        "413": has_body,
        "415": has_body,
        "422": has_body or "query" in named.values(),
        "428": "If-Match" in named,
        "429": True,
    }
    return [code for code, is_met in met.items() if is_met]
