"""An authority, services and a signer for the demo and for tests. Not used in production."""
