"""What a cast that fails says, and the ranges of the integer types."""

from __future__ import annotations

from exmigrate.twin.powershell import values as v

RANGES: dict[type, tuple[int, int]] = {
    int: (-(2**31), 2**31 - 1),
    v.Int64: (-(2**63), 2**63 - 1),
    v.Int16: (-(2**15), 2**15 - 1),
    v.SByte: (-128, 127),
    v.Byte: (0, 255),
    v.UInt16: (0, 2**16 - 1),
    v.UInt32: (0, 2**32 - 1),
    v.UInt64: (0, 2**64 - 1),
    v.IntPtr: (-(2**63), 2**63 - 1),
}
OVERFLOW: dict[type, str] = {
    int: "Value was either too large or too small for an Int32.",
    v.Int64: "Value was either too large or too small for an Int64.",
    v.Int16: "Value was either too large or too small for an Int16.",
    v.SByte: "Value was either too large or too small for a signed byte.",
    v.Byte: "Value was either too large or too small for an unsigned byte.",
    v.UInt16: "Value was either too large or too small for a UInt16.",
    v.UInt32: "Value was either too large or too small for a UInt32.",
    v.UInt64: "Value was either too large or too small for a UInt64.",
}


class CastFault(Exception):
    """A conversion that cannot be made.

    Args:
        error_id: First part of the error id.
        reason: The inner message, put behind ``Error:``; '' for the plain sentence.
        kind: .NET type of the inner exception.
        message: The whole message where it is not one of the usual two.
    """

    def __init__(
        self,
        error_id: str = "ConvertToFinalInvalidCastException",
        reason: str = "",
        kind: str = "System.FormatException",
        message: str = "",
    ):
        super().__init__(reason or message or error_id)
        self.error_id = error_id
        self.reason = reason
        self.kind = kind
        self.message = message
