"""A fault is a code with parameters; its sentence is in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from signatures.report.catalogue import load_catalogue
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
        values = {}
        for name, value in self.parameters.items():
            parts = value if isinstance(value, tuple) else (value,)
            values[name] = "; ".join(
                part.sentence(language) if isinstance(part, Fault) else str(part) for part in parts
            )
        return load_catalogue(language).gettext(SENTENCES[self.code]) % values

    def __str__(self) -> str:
        return self.sentence()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; :meth:`of` reads it."""
        plain: dict[str, Any] = dict(self.parameters)
        for name, value in self.parameters.items():
            if isinstance(value, Fault):
                plain[name] = value.as_dict()
            elif isinstance(value, tuple):
                plain[name] = [fault.as_dict() for fault in value]
        return {"code": self.code, "parameters": plain}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Fault":
        """From :meth:`as_dict`; ``LookupError`` for a code that this version does not know."""
        parameters = {}
        for name, value in data["parameters"].items():
            parts = tuple(cls.of(part) for part in value) if isinstance(value, list) else value
            parameters[name] = cls.of(value) if isinstance(value, Mapping) else parts
        fault = cls(data["code"], **parameters)
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
