"""Renders acts as papers: facts in, PDF/A-2b out.

Public: :func:`render` and the dataclasses of :mod:`workflows.papers.facts`.
"""

from workflows.papers.facts import Paper
from workflows.papers.rendering import render

__all__ = ["Paper", "render"]
