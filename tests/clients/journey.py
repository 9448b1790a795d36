"""The prosecutor's journey with the client that openapi-python-client has generated, as it is.

``python journey.py URL SIGNER...``: the signer signs its standard input and prints base64.
"""

import base64
import hashlib
import json
import subprocess
import sys
import uuid
from io import BytesIO
from typing import TypeVar

from ecase_client import AuthenticatedClient, Client
from ecase_client.api.acts import get_act, get_act_container, get_act_pdf, sign_act
from ecase_client.api.auth import challenge, sign_in, sign_out
from ecase_client.api.motions import download_document, list_motions, open_materials, prepare_act
from ecase_client.api.verify import verify
from ecase_client.models import (
    ListMotionsState,
    OfficersActType,
    PrepareInput,
    SignatureInput,
    SignInInput,
    VerifyInput,
)
from ecase_client.types import File

T = TypeVar("T")


def got(answer: object, kind: type[T]) -> T:
    """The answer, which must be of this type and no problem document."""
    if not isinstance(answer, kind):
        raise SystemExit(f"not {kind.__name__}: {answer}")
    return answer


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign(signer: list[str], to_sign: str) -> str:
    return subprocess.run(signer, input=base64.b64decode(to_sign), stdout=subprocess.PIPE, check=True).stdout.decode()


def walk(url: str, signer: list[str]) -> None:
    """Sign in, read, compare, agree, take the evidence and have it verified."""
    from ecase_client import models

    anybody = Client(base_url=url)
    asked = got(challenge.sync(client=anybody), models.ChallengeShape)
    body = SignInInput(challenge=asked.id, cms=sign(signer, asked.to_sign))
    session = got(sign_in.sync(client=anybody, body=body), models.TokenShape)
    client = AuthenticatedClient(base_url=url, token=session.token)

    queue = got(list_motions.sync(client=client, state=ListMotionsState.SUBMITTED), models.MotionPage)
    motion = queue.results[0]
    materials = got(open_materials.sync(motion.id, client=client), models.MaterialsShape)
    for attachment in materials.attachments:
        file = got(download_document.sync(motion.id, attachment.id, client=client), File)
        assert sha256(file.payload.read()) == attachment.sha256, attachment.name
    assert materials.attachments

    wanted = PrepareInput(type_=OfficersActType.AGREEMENT)
    prepared = got(prepare_act.sync(motion.id, client=client, body=wanted), models.PreparedShape)
    act = json.loads(base64.b64decode(prepared.to_sign))
    pdf = got(get_act_pdf.sync(prepared.id, client=client), File).payload.read()
    assert sha256(pdf) in json.dumps(act), "the paper is another one"
    cms = SignatureInput(cms=sign(signer, prepared.to_sign))
    key = str(uuid.uuid4())
    performed = got(sign_act.sync(prepared.id, client=client, body=cms, idempotency_key=key), models.ActShape)
    assert got(get_act.sync(performed.id, client=client), models.ActShape).sha256 == prepared.sha256

    container = got(get_act_container.sync(performed.id, client=client), File)
    sent = VerifyInput(file=File(payload=BytesIO(container.payload.read()), file_name="act.ecase"))
    verdict = got(verify.sync(client=anybody, body=sent), models.VerdictShape)
    sign_out.sync_detailed(client=client)
    sys.stdout.write(f"{performed.motion_state.value} {verdict.indication.value}\n")


if __name__ == "__main__":
    walk(sys.argv[1], sys.argv[2:])
