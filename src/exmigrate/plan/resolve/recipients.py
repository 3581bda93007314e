"""Policies and lists with LDAP filters, what they shall be, and mailboxes that get unified messaging."""

from __future__ import annotations

from collections.abc import Iterable

from exmigrate.model.topology import AddressList, AddressPolicy, Mailbox, MailboxSet
from exmigrate.plan.problems import did_you_mean, shown
from exmigrate.plan.schema.source import AddressPolicyFact
from exmigrate.plan.schema.target import MailboxSetEntry

from . import versions
from .context import Context

EVERYONE = "(mailnickname=*)"
"""Filter of the recipient policy that Exchange 2000 and 2003 make themselves, without case and blanks."""

_STANDARD = {
    "all users": "MailboxUsers",
    "all groups": "MailGroups",
    "all contacts": "MailContacts",
    "public folders": "RecipientType -eq 'PublicFolder'",
    "default global address list": "(Alias -ne $null -and (ObjectClass -eq 'user' -or ObjectClass -eq 'contact' -or "
    "ObjectClass -eq 'msExchSystemMailbox' -or ObjectClass -eq 'msExchDynamicDistributionList' -or "
    "ObjectClass -eq 'group' -or ObjectClass -eq 'publicFolder'))",
}
"""What the lists that Exchange 2000 and 2003 make themselves become, by the published form of the upgrade."""


def address_policies(ctx: Context, *, wishes: bool = True) -> tuple[AddressPolicy, ...]:
    """Policies as they are; with `wishes`, what they shall apply to as well."""
    pure = versions.has_legacy(ctx) and not versions.has_modern(ctx)
    said = {w.name.casefold(): w.recipients for w in ctx.document.target.address_policies} if wishes else {}
    return tuple(
        AddressPolicy(
            p.name,
            tuple(p.templates),
            p.priority,
            filter=p.filter or ("(mailNickname=*)" if pure else ""),
            legacy=pure or bool(p.filter),
            mailbox_manager=p.mailbox_manager,
            non_authoritative=tuple(p.non_authoritative),
            recipients=said.get(p.name.casefold(), "" if wishes and _own(p) else "AllRecipients"),
            path=f"source.mail.address_policies[{i}]",
        )
        for i, p in enumerate(ctx.document.source.mail.address_policies)
    )


def address_lists(ctx: Context, *, wishes: bool = True) -> tuple[AddressList, ...]:
    """Address lists as they are; with `wishes`, what they shall have as well."""
    said = {w.name.casefold(): w.recipients for w in ctx.document.target.address_lists}
    return tuple(
        AddressList(
            x.name,
            x.filter,
            x.kind,
            said.get(x.name.casefold()) or _STANDARD.get(x.name.casefold(), "") if wishes else "",
            f"source.address_lists[{i}]",
        )
        for i, x in enumerate(ctx.document.source.address_lists)
    )


def check_filters(ctx: Context) -> None:
    """Filters that nobody but a person can translate need a word of that person."""
    policies = {w.name.casefold() for w in ctx.document.target.address_policies}
    lists = {w.name.casefold() for w in ctx.document.target.address_lists}
    for i, p in enumerate(ctx.document.source.mail.address_policies):
        if _own(p) and p.name.casefold() not in policies:
            ctx.tell(
                "EXM-L062", f"policy '{shown(p.name)}' has a filter of its own, and nothing says it in the new form",
                ("source", "mail", "address_policies", i, "filter"),
                why="no tool translates LDAP to OPATH; with every recipient in its place others would get its addresses",
                remedy=f"add {{name: {p.name}, recipients: ...}} to target.address_policies",
            )  # fmt: skip
    for i, x in enumerate(ctx.document.source.address_lists):
        if x.name.casefold() not in _STANDARD and x.name.casefold() not in lists:
            ctx.tell(
                "EXM-L062", f"address list '{shown(x.name)}' is none that Exchange makes, and nothing says its filter "
                "in the new form", ("source", "address_lists", i, "filter"),
                why="no tool translates LDAP to OPATH, and an empty list is seen by everybody",
                remedy=f"add {{name: {x.name}, recipients: ...}} to target.address_lists",
            )  # fmt: skip


def _own(policy: AddressPolicyFact) -> bool:
    plain = "".join(policy.filter.split()).casefold()
    return bool(plain) and plain not in (EVERYONE, EVERYONE[1:-1]) and policy.mailbox_manager != "only"


def mailbox_sets(ctx: Context, boxes: Iterable[Mailbox], *, complete: bool) -> tuple[MailboxSet, ...]:
    """Mailboxes that get unified messaging; `complete` when every mailbox of the source is known."""
    by_name = {b.alias.casefold(): b.alias for b in boxes}
    return tuple(
        _mailbox_set(ctx, i, entry, by_name, complete)
        for i, entry in enumerate(ctx.document.target.um_mailboxes)
    )


def _mailbox_set(
    ctx: Context, i: int, entry: MailboxSetEntry, by_name: dict[str, str], complete: bool
) -> MailboxSet:
    plans = {p.name.casefold(): p for p in ctx.document.target.dial_plans}
    facts = {p.name.casefold(): p for p in ctx.document.source.dial_plans}
    plan, fact = plans.get(entry.dial_plan.casefold()), facts.get(entry.dial_plan.casefold())
    policies = [*(fact.policies if fact else ()), *(plan.policies if plan else ())]
    digits = (plan.digits if plan else 0) or (fact.digits if fact else 0)
    path = ("target", "um_mailboxes", i)
    if entry.policy and policies and entry.policy.casefold() not in [p.casefold() for p in policies]:
        ctx.tell(
            "EXM-L030", f"UM mailbox policy '{shown(entry.policy)}' does not exist", (*path, "policy"),
            why=f"dial plan {entry.dial_plan} does not have it",
            remedy=f"{did_you_mean(entry.policy, policies)}Known: {', '.join(policies)}",
        )  # fmt: skip
    for alias, extension in entry.members.items():
        if complete and alias.casefold() not in by_name:
            ctx.tell(
                "EXM-L043", f"mailbox '{shown(alias)}' does not exist", (*path, "members", alias),
                why="it is not in the list of the source organization's mailboxes",
                remedy=f"{did_you_mean(alias, list(by_name.values()))}Correct it, or take the line out",
            )  # fmt: skip
        if digits and not (extension.isascii() and extension.isdigit() and len(extension) == digits):
            ctx.tell(
                "EXM-L061", f"'{shown(extension)}' is no extension of dial plan {entry.dial_plan}",
                (*path, "members", alias), why=f"its extensions have {digits} digits",
                remedy="write it in quotes, with all its digits",
            )  # fmt: skip
    return MailboxSet(
        name=entry.name,
        dialplan=plan.name if plan else entry.dial_plan,
        policy=entry.policy or next(iter(policies), ""),
        members={by_name.get(a.casefold(), a): x for a, x in entry.members.items()},
        site=ctx.site_of(plan.servers[0]) if plan else "",
        path=f"target.um_mailboxes[{i}]",
    )
