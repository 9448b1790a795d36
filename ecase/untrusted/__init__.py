"""Files of unknown making, read for what they are made of. No Django here.

Every reading happens in a process of its own with limits of memory, processor time and time (``process``): what a file
does to a library, it does to that process alone. :func:`examine` says what stands against accepting a file,
:func:`prepare` writes PDFs again and says which cannot be printed, :func:`join` makes one of them.
"""

from ecase.untrusted.findings import Finding
from ecase.untrusted.process import Busy, Examined, Part, examine, join, prepare

__all__ = ["Busy", "Examined", "Finding", "Part", "examine", "join", "prepare"]
