"""How the transition runs: batches, windows, limits, waived rules."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from .types import (
    Clock,
    Day,
    Defines,
    Duration,
    Entry,
    Name,
    Refers,
    RelativeFile,
    RuleId,
    Unsupported,
)

WindowName = Annotated[str, Refers(("window",))]


Approvals = Annotated[
    Any,
    Unsupported(
        "signed approvals (N of M)",
        "take the key out, keep the board's approval on file, and compare the effect digest that "
        "`exmigrate plan` prints with the one that was approved",
    ),
    WithJsonSchema({"description": "Not in this version."}),
]


class BatchEntry(Entry):
    """Mailboxes that move together."""

    name: Annotated[Name, Defines("batch")] = Field(description="Name.")
    members: list[Annotated[str, Refers(("mailbox",))]] = Field(
        default_factory=list, description="Aliases or addresses, or members_csv."
    )
    members_csv: RelativeFile | Literal[""] = Field(
        "", description="CSV file with a column mailbox, and target where a member has its own."
    )
    targets: list[Annotated[str, Refers(("target database",))]] = Field(
        min_length=1, description="Databases, taken in turn."
    )
    order: int = Field(0, ge=0, description="Order among batches; place in the list when left out.")
    pilot: bool = Field(False, description="The pilot: a person accepts it before other batches go.")
    bad_item_limit: int = Field(10, ge=0, description="Items that may be lost per mailbox.")
    max_failed: int = Field(0, ge=0, description="Failed members up to which the batch counts as done.")
    concurrency: int = Field(0, ge=0, description="Moves at a time; two a target database when left out.")
    window: WindowName = Field("", description="Window of the completion; policy.batch_window when left out.")
    outlook_2003: bool = Field(False, description="Has users of Outlook 2003.")


class WindowEntry(Entry):
    """A recurring maintenance window."""

    name: Annotated[Name, Defines("window")] = Field(description="Name.")
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        min_length=1, description="Days on which it opens."
    )
    start: Clock = Field(description="When it opens: '22:00'.")
    length: Duration = Field(description="How long it is open: 6h.")
    timezone: str = Field("", description="IANA time zone; policy.timezone when left out.")


class WaiverEntry(Entry):
    """A rule waived by name."""

    rule: RuleId = Field(description="Rule: TOP-024.")
    who: Name = Field(description="Who answers for it.")
    date: Day = Field(description="When it was decided.")
    reason: str = Field(min_length=10, description="Why.")


class LimitsEntry(Entry):
    """How much runs at a time."""

    organization: int = Field(8, ge=1, description="Steps in the organization.")
    site: int = Field(4, ge=1, description="Steps in a site.")
    database: int = Field(2, ge=1, description="Moves into a database.")


class RetriesEntry(Entry):
    """Attempts by class of failure."""

    transient: int = Field(3, ge=0, le=20, description="Network, time-outs.")
    throttled: int = Field(10, ge=0, le=100, description="Quotas and throttling.")


class PolicyEntry(Entry):
    """What the engine obeys."""

    start: str = Field("", description="Nothing runs before: 2011-05-06T18:00:00+02:00.")
    timezone: str = Field("UTC", description="IANA time zone of the windows.")
    windows: list[WindowEntry] = Field(default_factory=list, description="Maintenance windows.")
    default_window: WindowName = Field(
        "", description="Window of what users would notice; any time when left out."
    )
    batch_window: WindowName = Field("", description="Window in which moves complete.")
    blackout_dates: list[Day] = Field(default_factory=list, description="Days on which nothing starts.")
    later_sites: Literal["after-pilot", "after-install"] = Field(
        "after-pilot", description="When later sites start."
    )
    limits: LimitsEntry = Field(default_factory=LimitsEntry, description="Concurrency.")
    retries: RetriesEntry = Field(default_factory=RetriesEntry, description="Retries.")
    soak: Duration = Field(7 * 86400, description="Time without complaints before old servers go: 7d.")
    basis: Literal["refuse", "allow"] = Field(
        "refuse", description="A world that moved since the plan: refuse or allow."
    )
    gates: dict[str, str] = Field(default_factory=dict, description="Own words for a gate, by kind id.")
    optional: list[Name] = Field(
        default_factory=list, description="Optional step kinds that are wanted: clean-2007-groups."
    )
    waivers: list[WaiverEntry] = Field(default_factory=list, description="Waived rules.")
    approvals: Approvals = Field(None, description="Approvals needed.")


class DecommissionEntry(Entry):
    """Which old servers stay, and why."""

    server: Annotated[str, Refers(("source server",))] = Field(description="Old server that stays.")
    reason: str = Field(min_length=3, description="Why it stays.")


class ProductEntry(Entry):
    """An Exchange-aware product."""

    name: Name = Field(description="Name.")
    kind: Literal[
        "antivirus", "antispam", "backup", "archive", "fax", "blackberry", "application", "other"
    ] = Field(description="Kind.")
    version: str = Field("", description="Version in use.")
    supports_target: bool = Field(description="Whether this version is certified for the target version.")
    replacement: str = Field("", description="What replaces it.")
    api: Literal["", "WebDAV", "ExOLEDB", "CDOEX", "EWS", "MAPI"] = Field(
        "", description="Interface that it uses."
    )
