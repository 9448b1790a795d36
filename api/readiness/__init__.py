"""Readiness: checks everything that the service needs, each by name and within a time limit."""

from api.readiness.cache import Finding, findings

__all__ = ["Finding", "findings"]
