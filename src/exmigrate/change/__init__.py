"""The change as bytes: canonical form, digests, reading back. Bytes in, bytes out; no I/O."""

from .canonical import NotCanonical, canonical
from .document import (
    DigestMismatch,
    NotAChange,
    basis_digest,
    effect_digest,
    finding_json,
    parse,
    to_bytes,
    to_json,
)

__all__ = [
    "DigestMismatch",
    "NotAChange",
    "NotCanonical",
    "basis_digest",
    "canonical",
    "effect_digest",
    "finding_json",
    "parse",
    "to_bytes",
    "to_json",
]
