"""Performs any act: check, record, apply, follow up. It contains no code for a particular act."""
