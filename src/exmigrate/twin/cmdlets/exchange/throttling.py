"""Throttling policies and who has them."""

from __future__ import annotations

import json
from typing import Any

from exmigrate.twin.cmdlets.exchange import mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry


def _policies(shell: Shell) -> str:
    return f"CN=Throttling Policies,{shell.org.layout.org}"


def _show_policy(shell: Shell, entry: Entry) -> Record:
    settings = json.loads(shell.store.value(entry, "ThrottlingPolicy", "Settings") or "{}")
    return objects.show(
        shell,
        "ThrottlingPolicy",
        entry,
        names.rdn_value(entry.dn),
        settings,
        ("Name", "IsDefault"),
        ("Settings",),
    )


def _policy_settings(shell: Shell, present: dict[str, Any]) -> dict[str, Any]:
    skip = {"Name", "Identity", "DomainController", "Confirm", "WhatIf", "IsDefault"}
    return {**present, **{n: shell.get(n) for n in sorted(shell.call.given) if n not in skip}}


@task("Get-ThrottlingPolicy", "2010")
def get_throttling_policy(shell: Shell) -> None:
    """Throttling policies."""
    identity = shell.text("Identity")
    found = (
        objects.find(shell, "ThrottlingPolicy", identity)
        if identity
        else objects.all_of(shell, "ThrottlingPolicy")
    )
    if identity and not found:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(_show_policy(shell, entry))


@task("New-ThrottlingPolicy", "2010")
def new_throttling_policy(shell: Shell) -> None:
    """A throttling policy."""
    name = shell.text("Name")
    dn = names.child("CN", name, _policies(shell))
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    if shell.call.should_process(name, "New-ThrottlingPolicy"):
        settings = json.dumps(_policy_settings(shell, {}), sort_keys=True)
        shell.call.write(
            _show_policy(shell, shell.store.create("ThrottlingPolicy", dn, {"Settings": settings}, "2010"))
        )


@task("Set-ThrottlingPolicy", "2010")
def set_throttling_policy(shell: Shell) -> None:
    """Limits of a throttling policy."""
    entry = objects.one(shell, "ThrottlingPolicy", shell.get("Identity"))
    present = json.loads(shell.store.value(entry, "ThrottlingPolicy", "Settings") or "{}")
    settings = json.dumps(_policy_settings(shell, present), sort_keys=True)
    objects.apply(shell, "ThrottlingPolicy", entry, {"Settings": settings})


@task("Remove-ThrottlingPolicy", "2010")
def remove_throttling_policy(shell: Shell) -> None:
    """Remove a policy that nobody has."""
    entry = objects.one(shell, "ThrottlingPolicy", shell.get("Identity"))
    users = [
        e
        for e in shell.org.recipients.all(shell.reference_controller)
        if names.key(e.text("msExchThrottlingPolicyDN")) == names.key(entry.dn)
    ]
    if users:
        raise TaskError(
            f"Policy \"{names.rdn_value(entry.dn)}\" can't be removed because it's associated with one or more mailboxes.",
            "InvalidOperation",
        )
    objects.remove(shell, entry)


@task("Get-ThrottlingPolicyAssociation", "2010")
def get_throttling_policy_association(shell: Shell) -> None:
    """Which policy a mailbox has."""
    every = shell.org.recipients.all(shell.recipient_controller, shell.whole_forest)
    found = (
        [mailboxes.one_mailbox(shell, shell.get("Identity"))]
        if shell.given("Identity")
        else [e for e in every if shell.org.recipients.is_mailbox(e)]
    )
    if shell.given("ThrottlingPolicy"):
        key = names.key(objects.one(shell, "ThrottlingPolicy", shell.get("ThrottlingPolicy")).dn)
        found = [e for e in found if names.key(e.text("msExchThrottlingPolicyDN")) == key]
    for entry in objects.limited(shell, found):
        values = {
            "Name": names.rdn_value(entry.dn),
            "Identity": names.canonical_name(entry.dn),
            "ThrottlingPolicyId": objects.link(shell, entry.text("msExchThrottlingPolicyDN")),
            "IsValid": True,
        }
        shell.call.write(
            make("Microsoft.Exchange.Data.Directory.Management.ThrottlingPolicyAssociation", values)
        )


@task("Set-ThrottlingPolicyAssociation", "2010")
def set_throttling_policy_association(shell: Shell) -> None:
    """Give a mailbox a policy, or the default one back."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    given = shell.text("ThrottlingPolicy")
    policy = objects.one(shell, "ThrottlingPolicy", given).dn if given else None
    server = shell.org.recipients.server_of_mailbox(shell.recipient_controller, entry)
    objects.own_version(shell, server, names.canonical_name(entry.dn))
    if shell.call.should_process(names.canonical_name(entry.dn), "Set-ThrottlingPolicyAssociation"):
        mailboxes.writer_of(shell, entry).modify(entry.dn, {"msExchThrottlingPolicyDN": policy})
