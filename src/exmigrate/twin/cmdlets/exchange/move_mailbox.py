"""Move-Mailbox of 2007."""

from __future__ import annotations

from exmigrate.twin.cmdlets.exchange import convert, databases, mailboxes
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import RECIPIENT_ADMINISTRATORS, RECIPIENT_TASKS, Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import list_of, make, size, unlimited
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.state import MB


@task("Move-Mailbox", "2007", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def move_mailbox(shell: Shell) -> None:
    """Move a mailbox between 2007 (or older) databases, offline, while the caller waits."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    name = names.rdn_value(entry.dn)
    target = databases.one_database(shell, shell.get("TargetDatabase"), public=False)
    text = shell.org.databases.identity(shell.store, target)
    if shell.org.databases.product(shell.store, target) == "2010":
        raise TaskError(
            f"Error occurred in the step: Approving object. Mailbox database '{text}' is on a server running a later "
            "version of Exchange. Move-Mailbox can't move mailboxes to it.",
            "InvalidArgument",
        )
    box = shell.org.recipients.state(entry)
    if box is None:
        raise shell.not_found(name)
    limit = convert.number("BadItemLimit", shell.get("BadItemLimit", 0)) or 0
    if box.corrupt_items > limit:
        raise TaskError(
            f"Error was found for {name} because: Error occurred in the step: Moving messages. This mailbox exceeded the "
            "maximum number of corrupted items specified for this move mailbox operation., error code: -1056749164",
            "InvalidOperation",
        )
    if not shell.call.should_process(name, "Move-Mailbox"):
        return
    shell.wait(20 + box.size_mb)
    before = names.rdn_value(entry.text("homeMDB"))
    shell.org.recipients.rehome(mailboxes.writer_of(shell, entry), entry, target, "2007")
    box.database, box.corrupt_items = target.guid, 0
    values = {
        "Identity": names.canonical_name(entry.dn),
        "DisplayName": entry.text("displayName"),
        "SourceDatabase": before,
        "TargetDatabase": text,
        "MailboxSize": unlimited(size(box.size_mb * MB, True)),
        "IsMoved": True,
        "StatusCode": 0,
        "StatusMessage": "This mailbox was moved to the target database.",
        "BadItems": list_of([]),
    }
    shell.call.write(make("Microsoft.Exchange.Management.RecipientTasks.MoveMailboxResults", values))
