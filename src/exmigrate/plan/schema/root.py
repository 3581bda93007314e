"""The plan as one document."""

from typing import Literal

from pydantic import Field

from .access import ConnectionsEntry, CredentialEntry, MediumEntry, TransitionEntry
from .policy import BatchEntry, DecommissionEntry, PolicyEntry, ProductEntry
from .source import SourceEntry
from .target import TargetEntry
from .types import Entry, PlanName, RelativeFile

FORMAT = "exmigrate.plan/1"


class PlanDocument(Entry):
    """A plan: the organization as it is (source), what it shall become (target), and how."""

    format: Literal["exmigrate.plan/1"] = Field(description="Version of this language.")
    name: PlanName = Field(description="Name of the plan.")
    change: str = Field("", description="The organization's own change number.")
    transition: TransitionEntry = Field(description="From what to what.")
    credentials: dict[str, CredentialEntry] = Field(min_length=1, description="Accounts by name.")
    connections: ConnectionsEntry = Field(description="How servers are reached.")
    media: list[MediumEntry] = Field(min_length=1, description="Setup media and rollups.")
    source: SourceEntry = Field(description="The organization as it is: facts.")
    target: TargetEntry = Field(description="What it shall become: wishes.")
    batches: list[BatchEntry] = Field(default_factory=list, description="Batches of mailboxes, in order.")
    keep: list[DecommissionEntry] = Field(default_factory=list, description="Old servers that stay.")
    products: list[ProductEntry] = Field(default_factory=list, description="Exchange-aware products.")
    policy: PolicyEntry = Field(default_factory=PolicyEntry, description="What the engine obeys.")
    step_kinds: RelativeFile | Literal[""] = Field(
        "", description="Folder of step kinds of your own, beside the plan."
    )
