"""Reads files of unknown origin. No Django here.

Every file is read in its own process with limits of memory, processor time and time (``process``), so that an exploited
library affects that process only. :func:`examine` lists the objections to a file, :func:`prepare` rewrites PDFs and
reports those that cannot be printed, :func:`join` merges them.
"""

from ecase.untrusted.findings import Finding
from ecase.untrusted.process import Busy, Examined, Part, examine, join, prepare

__all__ = ["Busy", "Examined", "Finding", "Part", "examine", "join", "prepare"]
