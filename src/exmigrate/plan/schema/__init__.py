"""The plan language as pydantic models. Imported only when a plan is read: `exmigrate --help` does without it."""

from .root import FORMAT, PlanDocument
from .types import Defines, Entry, Refers, Unsupported

__all__ = ["FORMAT", "Defines", "Entry", "PlanDocument", "Refers", "Unsupported"]
