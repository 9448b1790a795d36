"""Motions and acts as bytes to sign, as papers, as evidence and as what differs between versions."""
