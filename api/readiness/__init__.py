"""Whether the service can do its work: everything that it needs, each asked within a bounded time and named."""

from api.readiness.cache import Finding, findings

__all__ = ["Finding", "findings"]
