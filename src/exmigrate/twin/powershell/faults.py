"""Errors on their way up through Python: what members, conversions and cmdlets raise.

::

    Exception
      PsFault    a PowerShell error with id, category and target; the runtime makes an error record of it
      NetFault   an exception out of a .NET member; the member call wraps it as PowerShell does
"""

from __future__ import annotations

from typing import Any


class PsFault(Exception):
    """A terminating PowerShell error.

    Args:
        message: Text of the exception.
        fqid: First part of FullyQualifiedErrorId (a cmdlet's name is added by the runtime).
        category: Name in System.Management.Automation.ErrorCategory.
        target: Target object of the record.
        exception: Full name of the exception's type, or an exception value made already.
        inner: Inner exception value.
    """

    def __init__(
        self,
        message: str,
        fqid: str,
        category: str = "InvalidOperation",
        target: Any = None,
        exception: Any = "System.Management.Automation.RuntimeException",
        inner: Any = None,
    ):
        super().__init__(message)
        self.message = message
        self.fqid = fqid
        self.category = category
        self.target = target
        self.exception = exception
        self.inner = inner


class NetFault(Exception):
    """An exception of a .NET type, raised by a member's own code.

    Args:
        kind: Full name of the exception type.
        message: Its message.
        inner: Inner exception value, if any.
        properties: Further properties of the exception (``ParamName``).
    """

    def __init__(self, kind: str, message: str, inner: Any = None, **properties: Any):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.inner = inner
        self.properties = properties
