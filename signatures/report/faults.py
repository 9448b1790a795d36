"""A fault is a code with parameters; its sentence is in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from signatures.report.catalogue import translated
from signatures.report.messages import SENTENCES

Parameter = Union[str, int, "Fault", tuple["Fault", ...]]


@dataclass(frozen=True, init=False)
class Fault:
    """``code``: one of ``SENTENCES``. ``parameters``: values in its sentence; each may be another fault, or several.

    On a line or check that passed, it is a remark.
    """

    code: str
    parameters: Mapping[str, Parameter] = field(hash=False)

    def __init__(self, code: str, /, **parameters: Parameter) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "parameters", parameters)

    def sentence(self, language: str = "en") -> str:
        """The fault in a language of ``LANGUAGES``."""
        values = {name: _in_words(value, language) for name, value in self.parameters.items()}
        return translated(SENTENCES[self.code], language) % values

    def __str__(self) -> str:
        return self.sentence()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; :meth:`of` reads it."""
        return {"code": self.code, "parameters": {name: _plain(value) for name, value in self.parameters.items()}}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Fault":
        """From :meth:`as_dict`; ``LookupError`` for a code that this version does not know."""
        fault = cls(data["code"], **{name: _parameter(value) for name, value in data["parameters"].items()})
        fault.sentence()
        return fault


class FaultError(ValueError):
    """Raised where a fault leaves no result; its text is the English sentence."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def fault_of(error: Exception) -> Fault:
    """The fault of an exception; for a library's exception, its text quoted."""
    return error.fault if isinstance(error, FaultError) else Fault("quoted", text=str(error))


def _in_words(value: Parameter, language: str) -> str:
    if isinstance(value, tuple):
        return "; ".join(fault.sentence(language) for fault in value)
    return value.sentence(language) if isinstance(value, Fault) else str(value)


def _plain(value: Parameter) -> Any:
    if isinstance(value, tuple):
        return [fault.as_dict() for fault in value]
    return value.as_dict() if isinstance(value, Fault) else value


def _parameter(value: Any) -> Parameter:
    if isinstance(value, list):
        return tuple(Fault.of(fault) for fault in value)
    return Fault.of(value) if isinstance(value, Mapping) else value
