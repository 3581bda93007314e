"""The plan language as pydantic models. Imported only when a plan is read: `exmigrate --help` does without it."""

import os

# Third-party pydantic plugins have no place here, and looking for them reads every installed distribution.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from .root import FORMAT, PlanDocument
from .types import Defines, Entry, Refers, Unsupported

__all__ = ["FORMAT", "Defines", "Entry", "PlanDocument", "Refers", "Unsupported"]
