"""The messages that are posted to an organisation's endpoints, as the description's ``webhooks``."""

from typing import Any

from api.examples import example_of
from ecase.outbox.subscriptions import TEST
from workflows.motions.states import ActType, State
from workflows.watch import topics

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "format": "uuid"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def _object(described: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": described,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": True,
    }


NAMED: dict[str, Schema] = {"motion": ID, "case": TEXT, "number": {**TEXT, "description": "Empty before registration."}}
OF_MOTION: dict[str, Schema] = {**NAMED, "kind": TEXT}
ACT = _object(
    "An act was performed. Its content is read over REST.",
    **OF_MOTION,
    act={**ID, "description": "`GET /api/v1/acts/{act}/`."},
    type={"type": "string", "enum": ActType.values},
    state={"type": "string", "enum": State.values, "description": "Of the motion, after the act."},
    outcome={**TEXT, "description": "Empty before a decision."},
    at=INSTANT,
)
DEADLINE = _object(
    "A term is near, was missed, or was counted anew.", **OF_MOTION, term=TEXT, role=TEXT, due_at=INSTANT
)
ENDING = _object("A sanction is about to end.", **OF_MOTION, valid_until=INSTANT)
OVERDUE = _object("Copies were not acknowledged in time.", **OF_MOTION, copies={**TEXT, "description": "How many."})
WAITS = _object("A signature has been waiting for long.", **OF_MOTION, act=TEXT, received_at=INSTANT)
SETTLED = _object(
    "A signature that waited was accepted or refused.",
    **OF_MOTION,
    act={**TEXT, "description": "The type of the act."},
    why={**TEXT, "description": "Codes of the problems; empty: it was accepted."},
)
CALL = _object(
    "An officer on duty was called, or nobody answered.",
    **NAMED,
    role=TEXT,
    position={"type": "integer"},
    answer_by=INSTANT,
)
ENDPOINT_TEST = _object("A test of the endpoint.", endpoint=ID)
DATA: dict[str, Schema] = {
    "ActData": ACT,
    "DeadlineData": DEADLINE,
    "SanctionEndingData": ENDING,
    "CopyOverdueData": OVERDUE,
    "SignatureWaitsData": WAITS,
    "SignatureSettledData": SETTLED,
    "DutyCallData": CALL,
    "EndpointTestData": ENDPOINT_TEST,
}
DATA_OF: dict[str, str] = {
    **dict.fromkeys(topics.ACTS, "ActData"),
    **dict.fromkeys(topics.DEADLINES, "DeadlineData"),
    "sanction.ending": "SanctionEndingData",
    "copy.overdue": "CopyOverdueData",
    **dict.fromkeys(topics.SIGNATURES, "SignatureSettledData"),
    "signature.undecided": "SignatureWaitsData",
    **dict.fromkeys(topics.CALLS, "DutyCallData"),
    TEST: "EndpointTestData",
}


def _message(data: str) -> Schema:
    of = [topic for topic, named in DATA_OF.items() if named == data]
    return _object(
        "The body of a message. Further members may be added.",
        type={"type": "string", "enum": of},
        timestamp={**INSTANT, "description": "When it happened; `webhook-timestamp` is that of the attempt."},
        key={**TEXT, "description": "Messages of one key come in order. It is the motion, but for tests."},
        position={"type": "integer", "description": "Numbers the messages of this endpoint."},
        data={"$ref": f"#/components/schemas/{data}"},
    )


SCHEMAS: dict[str, Schema] = {**DATA, **{name.replace("Data", "Message"): _message(name) for name in DATA}}
HEADERS = {
    "webhook-id": "The same at every attempt: drop duplicates by it.",
    "webhook-timestamp": "Seconds since 1970 of this attempt.",
    "webhook-signature": "HMAC-SHA256 over id, timestamp and body: one for each secret that is valid now.",
}


def describe() -> Schema:
    """One webhook for each topic."""
    return {topic: {"post": _operation(topic, data.replace("Data", "Message"))} for topic, data in DATA_OF.items()}


def _operation(topic: str, name: str) -> Schema:
    example = {**example_of(SCHEMAS[name], SCHEMAS), "type": topic}
    content = {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
    return {
        "operationId": "on" + "".join(part.capitalize() for part in topic.replace("_", ".").split(".")),
        "summary": f"The message {topic}",
        "description": str(SCHEMAS[name.replace("Message", "Data")]["description"]),
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            {"name": header, "in": "header", "required": True, "schema": TEXT, "description": said}
            for header, said in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "The receiver has stored the message. It is not sent again."},
            "4XX": {"description": "The message is sent again later, as after any answer but 2xx."},
        },
    }
