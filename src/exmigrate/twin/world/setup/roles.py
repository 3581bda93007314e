"""Installing, removing and upgrading roles."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.world.features import add_features, known_name
from exmigrate.twin.world.installation import (
    EDGE,
    clear_watermark,
    configure_role,
    install_files,
    remove_files,
    remove_server_object,
    role_key,
    unconfigure_role,
    unpack_role,
    watermark,
    write_program,
    write_server_object,
)
from exmigrate.twin.world.preparation import organization_level
from exmigrate.twin.world.setup import checks
from exmigrate.twin.world.setup.clusters import check_cluster_roles, check_passive, forget_node
from exmigrate.twin.world.setup.context import SetupContext, SetupFailed


def install(context: SetupContext) -> None:
    """``/mode:Install``: check, copy, then role after role.

    Raises:
        SetupFailed: prerequisites not met.
    """
    roles = context.options.roles
    with context.world.access():
        if context.options.has("installwindowscomponents"):
            _add_windows_components(context, roles)
        _check_install(context, roles)
    _report_checks(context, roles)
    context.say("Configuring Microsoft Exchange Server")
    context.work(4.0, "Copying Exchange Files")
    _quiet_machine(context, stop=True)
    install_files(context.server, context.level.name)
    context.item("Copying Exchange Files", "COMPLETED")
    for role in roles:
        _install_role(context, role)
    _quiet_machine(context, stop=False)


def _add_windows_components(context: SetupContext, roles: tuple[str, ...]) -> None:
    wanted = [name for role in roles for name in facts.required_features(context.level.name, role)]
    exact = [known_name(name) for name in wanted]
    add_features(context.server, [name for name in exact if name])


def _check_install(context: SetupContext, roles: tuple[str, ...]) -> None:
    check_cluster_roles(context, roles)
    checks.check_state(context, roles, "Install")
    checks.check_machine(context, roles)
    if roles == (EDGE,) or set(roles) == {EDGE, "ManagementTools"}:
        _check_edge(context)
        return
    if not checks.check_logon(context):
        return
    checks.check_media(context)
    checks.check_rights(context)
    checks.check_forest(context)
    checks.check_prepared(context)
    checks.check_neighbours(context, roles)
    for role in roles:
        context.errors += context.world.hooks.install_blockers(
            context.world, context.server, role, context.level.name, context.options.values
        )


def _check_edge(context: SetupContext) -> None:
    server = context.server
    if not (server.spec.dns_suffix or server.spec.domain):
        context.errors.append(
            "The primary DNS suffix is required on this computer. Setup cannot continue without it."
        )


def _report_checks(context: SetupContext, roles: tuple[str, ...]) -> None:
    context.say("Performing Microsoft Exchange Server Prerequisite Check")
    for warning in context.warnings:
        context.log(f"[WARNING] {warning}", 1)
        context.say(f"     Warning: {warning}")
    for role in roles:
        label = facts.roles()[role].label
        context.item(f"{label} Checks", "FAILED" if context.errors else "COMPLETED")
    if context.errors:
        raise SetupFailed("\n".join(context.errors))


def _quiet_machine(context: SetupContext, stop: bool) -> None:
    # Setup stops what may hold its files, WMI among it, and starts it again at its end
    server = context.server
    product = context.level.product
    installed = [name for role in facts.roles() for name in facts.role_services(product, role)]
    running = [fact.name for fact in (*installed, *facts.role_services(product, "common"))]
    for name in ("Winmgmt", *running):
        if stop:
            server.services.stop_if_running(name)
        else:
            server.services.start_if_automatic(name)


def _install_role(context: SetupContext, role: str) -> None:
    server, level = context.server, context.level
    label = facts.roles()[role].label
    resumed = bool(watermark(server, level.product, role))
    minutes = facts.setup_minutes(role)
    if not resumed:
        context.occasion(f"{role}:start")
        unpack_role(server, level.name, role)
        context.work(minutes / 3, f"Install-MsiPackage for {label}")
        context.occasion(f"{role}:unpacked")
    server.set_registry(role_key(level.product, role), Watermark=f"Install:{role}:Configure")
    context.work(minutes * 2 / 3, f"Install-{role}Role")
    context.occasion(f"{role}:configure")
    with context.world.access():
        configure_role(server, level.name, role)
        if role not in (EDGE, "ManagementTools") and context.controller is not None:
            write_server_object(context.world, context.controller, server, level.name)
        if role != "ManagementTools":
            context.world.hooks.role_installed(
                context.world, server, role, level.name, context.options.values
            )
    context.item(label, "COMPLETED")
    context.log(f"The {label} has been configured.", 1)


# removing


def uninstall(context: SetupContext) -> None:
    """``/mode:Uninstall``: check what depends on the roles, then remove them.

    Raises:
        SetupFailed: blocked.
    """
    server = context.server
    installed = server.exchange
    present = set(installed.roles) if installed else set()
    half = {role for role in facts.roles() if watermark(server, context.level.product, role)}
    roles = context.options.roles or tuple(role for role in facts.roles() if role in present | half)
    with context.world.access():
        _check_uninstall(context, roles, present | half)
    _report_checks(context, roles)
    context.say("Configuring Microsoft Exchange Server")
    for role in roles:
        _remove_role(context, role)
    with context.world.access():
        _after_removal(context)
        forget_node(context)
    server.services.start_if_automatic("Winmgmt")


def _check_uninstall(context: SetupContext, roles: tuple[str, ...], present: set[str]) -> None:
    server = context.server
    check_passive(context, "uninstalled")
    checks.check_state(context, roles, "Uninstall")
    if not context.machine.is_administrator:
        context.errors.append(
            "The current user must be a member of the local Administrators group on this computer."
        )
    if server.pending_reboot:
        context.errors.append(
            "A reboot from a previous installation is pending. Please restart the system and rerun setup."
        )
    for role in roles:
        if role not in present:
            context.errors.append(f"The {facts.roles()[role].label} is not installed on this computer.")
    from_installation = server.exchange is not None and context.folder.lower().startswith(
        server.exchange.folder.lower()
    )
    if from_installation and server.exchange is not None and server.exchange.build != context.level.build:
        context.errors.append(
            "The version of these Setup files does not match the installed version: an update rollup is installed. "
            "Use Control Panel or the original media."
        )
    if EDGE not in roles and checks.check_logon(context):
        checks.check_rights(context)
    for role in roles:
        context.errors += context.world.hooks.uninstall_blockers(context.world, server, role)


def _remove_role(context: SetupContext, role: str) -> None:
    server, level = context.server, context.level
    label = facts.roles()[role].label
    if not watermark(server, level.product, role):
        context.occasion(f"{role}:remove")
    server.set_registry(
        role_key(level.product, role), Watermark=f"Uninstall:{role}:Unconfigure", Action="Uninstall"
    )
    minutes = 2.0 if role == "ManagementTools" else facts.setup_minutes("uninstall")
    context.work(minutes, f"Uninstall-{role}Role")
    context.occasion(f"{role}:unconfigure")
    with context.world.access():
        if role != "ManagementTools":
            context.world.hooks.role_removed(context.world, server, role, level.name)
        unconfigure_role(server, level.product, role)
    context.item(label, "COMPLETED")


def _after_removal(context: SetupContext) -> None:
    server = context.server
    left = server.exchange.roles if server.exchange else set()
    if not left - {"ManagementTools"} and context.controller is not None:
        remove_server_object(context.world, context.controller, server)
    elif left and context.controller is not None and EDGE not in left:
        write_server_object(context.world, context.controller, server, context.level.name)
    if not left:
        remove_files(server)


# service packs


def upgrade(context: SetupContext) -> None:
    """``/m:Upgrade``: bring all installed roles to the media's level.

    Raises:
        SetupFailed: nothing to upgrade, or not prepared.
    """
    server, level = context.server, context.level
    with context.world.access():
        _check_upgrade(context)
    roles = tuple(sorted(server.exchange.roles)) if server.exchange else ()
    _report_checks(context, roles)
    for role in roles:
        server.set_registry(
            role_key(level.product, role), Watermark=f"Upgrade:{role}:Configure", Action="Upgrade"
        )
    _quiet_machine(context, stop=True)
    context.occasion("upgrade:start")
    context.work(facts.setup_minutes("upgrade"), "Upgrade-Binaries")
    context.occasion("upgrade:configure")
    with context.world.access():
        install_files(server, level.name)
        assert server.exchange is not None
        server.exchange.build = level.build
        write_program(server, f"{server.exchange.folder}Bin\\ExSetup.exe", level.build)
        for role in roles:
            configure_role(server, level.name, role)
            clear_watermark(server, level.product, role)
        node = context.world.cluster_of(server) is not None
        if EDGE not in roles and context.controller is not None and not node:
            write_server_object(context.world, context.controller, server, level.name)
        context.world.hooks.upgraded(context.world, server, level.name)
    _quiet_machine(context, stop=False)
    server.require_reboot("ExchangeServicePack")


def _check_upgrade(context: SetupContext) -> None:
    server, level = context.server, context.level
    check_passive(context, "upgraded")
    checks.check_state(context, tuple(facts.roles()), "Upgrade")
    if server.exchange is None:
        context.errors.append("No Exchange Server installation was found on this computer.")
        return
    if facts.exchange_levels()[server.exchange.level].numbers >= level.numbers:
        context.errors.append("This computer already runs this or a later version of Exchange Server.")
    if server.pending_reboot:
        context.errors.append(
            "A reboot from a previous installation is pending. Please restart the system and rerun setup."
        )
    if EDGE in server.exchange.roles:
        return
    if checks.check_logon(context) and context.controller is not None:
        checks.check_rights(context)
        checks.check_media(context)
        if organization_level(context.controller) < level.org:
            context.errors.append(
                "Active Directory hasn't been prepared for this version of Exchange: run setup /PrepareAD."
            )
