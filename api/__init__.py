"""REST API, version 1. It calls the same services as the portal and has no rules of its own."""
