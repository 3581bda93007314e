"""Get-Recipient: any mail-enabled object, whatever it is."""

from __future__ import annotations

from exmigrate.twin.cmdlets.exchange import mailboxes, objects, opath
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import RECIPIENT_TASKS, Shell, TaskError
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world.directory import Entry


def recipient_type(shell: Shell, entry: Entry) -> tuple[str, str]:
    """RecipientType and RecipientTypeDetails of an object."""
    recipients = shell.org.recipients
    if recipients.is_mailbox(entry):
        return "UserMailbox", recipients.details(entry)
    if entry.has_class("msExchDynamicDistributionList"):
        return "DynamicDistributionGroup", "DynamicDistributionGroup"
    if entry.has_class("group"):
        return "MailUniversalDistributionGroup", "MailUniversalDistributionGroup"
    if entry.has_class("contact"):
        return "MailContact", "MailContact"
    return "MailUser", "MailUser"


def _show(shell: Shell, entry: Entry) -> Record:
    kind, details = recipient_type(shell, entry)
    values = {
        "DisplayName": entry.text("displayName"),
        "Alias": entry.text("mailNickname"),
        "PrimarySmtpAddress": entry.text("mail"),
        "RecipientType": kind,
        "RecipientTypeDetails": details,
        "Database": objects.link(shell, entry.text("homeMDB")) if entry.text("homeMDB") else None,
    }
    return mailboxes.recipient_record(
        shell, entry, "ReducedRecipient", values, entry.number("msExchVersion"), ("Name", "RecipientType")
    )


def _previewed(shell: Shell, found: list[Entry]) -> list[Entry]:
    text = shell.text("RecipientPreviewFilter").strip()
    try:
        ldap = text if text.startswith(("(&", "(|")) else opath.to_ldap(text)
    except opath.FilterError as error:
        raise TaskError(f"Invalid filter syntax: {error}.", "InvalidArgument") from error
    controller = shell.recipient_controller
    domains = shell.world.forest.domain_dns() if shell.whole_forest else [controller.domain_dn]
    hits = {e.guid for base in domains if controller.get(base) for e in controller.search(base, ldap)}
    return [entry for entry in found if entry.guid in hits]


@task("Get-Recipient", namespace=RECIPIENT_TASKS)
def get_recipient(shell: Shell) -> None:
    """Recipients: all, or those an identity names."""
    identity = shell.text("Identity")
    found = (
        mailboxes.find_recipients(shell, identity)
        if identity
        else list(shell.org.recipients.all(shell.recipient_controller, shell.whole_forest))
    )
    if identity and not found and "*" not in identity:
        raise shell.not_found(identity)
    if shell.given("RecipientTypeDetails"):
        wanted = {t.strip().lower() for text in shell.texts("RecipientTypeDetails") for t in text.split(",")}
        found = [entry for entry in found if recipient_type(shell, entry)[1].lower() in wanted]
    if shell.text("RecipientPreviewFilter"):
        found = _previewed(shell, found)
    if shell.text("Filter"):
        found = [entry for entry in found if mailboxes.matches_filter(shell, _show(shell, entry))]
    for entry in objects.limited(shell, found):
        shell.call.write(_show(shell, entry))
