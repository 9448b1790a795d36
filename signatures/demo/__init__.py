"""An authority, services and a signer for the demo and for tests; nothing of it is used in production."""
