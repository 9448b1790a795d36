"""CMS signatures (RFC 5652): parsing, checks of the attributes, signing."""

from signatures.cms.parsing import Cms, Malformed, NotTaken, SignerInfo, parse, unwrap

__all__ = ["Cms", "Malformed", "NotTaken", "SignerInfo", "parse", "unwrap"]
