"""CMS signatures (RFC 5652): reading one, its attributes, making one."""

from signatures.cms.parsing import Cms, Malformed, SignerInfo, parse, unwrap

__all__ = ["Cms", "Malformed", "SignerInfo", "parse", "unwrap"]
