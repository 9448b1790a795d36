"""Certificates, the trust that they must lead to, and what says that they were revoked."""
