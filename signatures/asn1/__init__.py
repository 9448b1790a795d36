"""DER and the object identifiers and extensions written in it."""
