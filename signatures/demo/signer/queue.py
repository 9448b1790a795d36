"""Holds requests until someone chooses a person for them or refuses."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from signatures.demo.signer.keys import DemoKey, Stamp

PREVIEW = 600


class NoKey(Exception):
    """No key of the demo fits the request."""


@dataclass
class Pending:
    """A request on the page. ``answer`` becomes the chosen key, or ``None`` when cancelled."""

    number: int
    candidates: list[DemoKey]
    documents: list[bytes]
    answer: asyncio.Future[DemoKey | None]

    def listed(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "people": [key.listed() for key in self.candidates],
            "documents": [document[:PREVIEW].decode("utf-8", "replace") for document in self.documents],
        }


@dataclass
class RequestQueue:
    """Keys and waiting requests. With ``auto``, a request that names a person is answered at once.

    ``manner``: how requests are answered (``protocol.MANNERS``). ``stamp``: makes timestamp tokens, if there is an
    authority for them.

    In that mode a choice made with :meth:`choose` is kept and answers later requests that name nobody.
    """

    keys: list[DemoKey]
    auto: bool = False
    manner: str = "usual"
    stamp: Stamp | None = None
    chosen: str | None = None
    pending: dict[int, Pending] = field(default_factory=dict)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    async def ask(self, wanted: dict[str, Any], documents: list[bytes]) -> DemoKey | None:
        """The key to use, or ``None`` if the person cancelled; with ``auto``, :class:`NoKey` if no key fits."""
        candidates = [key for key in self.keys if key.fits(wanted)]
        if self.auto:
            if not candidates:
                raise NoKey("no key fits the request")
            # Prefer a signing key: a request that names no usage is for signing.
            obvious = [key for key in candidates if wanted.get("iin") or key.iin == self.chosen]
            if obvious:
                return min(obvious, key=lambda key: not key.for_signing)
        pending = Pending(next(self._numbers), candidates, documents, asyncio.get_running_loop().create_future())
        self.pending[pending.number] = pending
        try:
            return await pending.answer
        finally:
            del self.pending[pending.number]

    def choose(self, *, number: int | None = None, iin: str | None = None, alias: str | None = None) -> bool:
        """Answer one request, by default the oldest, for a person; says whether it was answered or the choice kept."""
        if self.auto and iin in {key.iin for key in self.keys}:
            self.chosen = iin
        found = self._find(number)
        fitting = [key for key in found.candidates if alias == key.path.stem or iin == key.iin] if found else []
        fitting.sort(key=lambda key: not key.for_signing)
        if found and fitting and not found.answer.done():
            found.answer.set_result(fitting[0])
            return True
        return self.auto and iin is not None and self.chosen == iin

    def cancel(self, number: int | None = None) -> bool:
        """Refuse one request, by default the oldest; returns whether there was one."""
        found = self._find(number)
        if found is None or found.answer.done():
            return False
        found.answer.set_result(None)
        return True

    def _find(self, number: int | None) -> Pending | None:
        return self.pending.get(number) if number is not None else next(iter(self.pending.values()), None)
