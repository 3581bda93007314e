"""The run of Setup from its first line to its exit code."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import NativeCall
from exmigrate.twin.world.installation import configuration_controller
from exmigrate.twin.world.media import media_level
from exmigrate.twin.world.server import SetupRun
from exmigrate.twin.world.setup.clusters import run_clustered
from exmigrate.twin.world.setup.context import SetupContext, SetupDied, SetupFailed
from exmigrate.twin.world.setup.preparing import prepare
from exmigrate.twin.world.setup.provisioning import provision
from exmigrate.twin.world.setup.roles import install, uninstall, upgrade
from exmigrate.twin.world.setup.switches import BadSwitches, parse

SUCCESS = "The Microsoft Exchange Server setup operation completed successfully."


def run_setup(call: NativeCall) -> int:
    """The native program ``setup.com`` (and ``setup.exe``, ``ExSetup.exe``)."""
    machine = call.machine
    server = machine.server
    folder = program_folder(call)
    level = _level(server, folder)
    if level is None:
        call.err("Setup cannot find its files. Run it from the installation media.")
        return 1
    context = SetupContext(call, machine, level, folder)
    call.out("")
    call.out(f"Welcome to Microsoft Exchange Server {level.product} Unattended Setup")
    call.out("")
    with server.lock:
        if server.busy_with_setup:
            context.say("Another instance of Setup is already running on this computer.")
            return 1
        server.busy_with_setup = " ".join(call.args) or "setup"
        run = SetupRun(tuple(call.args), context.token.name, context.world.clock.now())
        server.setup_runs.append(run)
    code = -1
    try:
        code = _guarded(context)
    finally:
        run.ended = context.world.clock.now()
        run.exit_code = code
        if server.up:
            server.busy_with_setup = ""
    return code


def program_folder(call: NativeCall) -> str:
    """The folder that a program was started from."""
    path = call.name.replace("/", "\\").strip('"')
    if path[1:2] != ":" and not path.startswith("\\\\"):
        path = f"{call.directory.rstrip(chr(92))}\\{path.removeprefix('.' + chr(92))}"
    return path.rpartition("\\")[0]


def _level(server: object, folder: str) -> facts.ExchangeLevel | None:
    from exmigrate.twin.world.server import Server

    assert isinstance(server, Server)
    disk, place = server.files, folder
    if folder.startswith("\\\\"):
        host, _, rest = folder[2:].partition("\\")
        share, _, inner = rest.partition("\\")
        found = server.world.share(host, share)
        if found is None:
            return None
        disk, place = found[0], f"{found[1]}\\{inner}".rstrip("\\")
    name = media_level(disk, place)
    return facts.exchange_levels()[name] if name else None


def _guarded(context: SetupContext) -> int:
    context.log("**********************************************")
    context.log(f"Starting Microsoft Exchange Server {context.level.product} Setup")
    context.log("**********************************************")
    context.log(f"Setup version: {context.level.build}.")
    context.log(f"Logged on user: {context.token.name}.")
    context.log(f"Command Line Parameter: {' '.join(context.call.args)}")
    context.server.log_event("MSExchangeSetup", 1000, f"Setup was started: {' '.join(context.call.args)}")
    try:
        context.options = parse(context.call.args, context.level)
        _run(context)
    except BadSwitches as error:
        return _fail(context, str(error))
    except SetupFailed as error:
        return _fail(context, str(error))
    except MachineError as error:
        return _fail(context, error.message)
    except SetupDied:
        return -1
    context.log("The Exchange Server setup operation completed successfully.")
    context.log("End of Setup")
    context.log("**********************************************")
    context.say("")
    context.say(SUCCESS)
    context.server.log_event("MSExchangeSetup", 1001, SUCCESS)
    return 0


def _fail(context: SetupContext, message: str) -> int:
    context.log(f"[ERROR] {message}", 1)
    context.log("[ERROR] Exchange Server setup encountered an error.")
    context.log(
        "The Exchange Server setup operation didn't complete. More details can be found in ExchangeSetup.log."
    )
    context.log("End of Setup")
    for line in message.splitlines():
        context.say(f"     {line}")
    context.say("")
    context.say(
        "The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log "
        "located in the <SystemDrive>:\\ExchangeSetupLogs folder."
    )
    context.server.log_event("MSExchangeSetup", 1002, f"Setup failed: {message}", "Error")
    return 1


def _run(context: SetupContext) -> None:
    options = context.options
    if options.has("answerfile"):
        raise SetupFailed("Not simulated: Setup switch /answerfile.")
    wanted = options.values.get("domaincontroller", "")
    with context.world.access():
        context.controller = configuration_controller(context.world, context.server, wanted)
    if options.preparations():
        prepare(context)
    if options.has("newprovisionedserver") or options.has("removeprovisionedserver"):
        provision(context)
    if options.cluster():
        run_clustered(context)
    if options.mode == "Install":
        install(context)
    elif options.mode == "Uninstall":
        uninstall(context)
    elif options.mode == "Upgrade":
        upgrade(context)
    elif options.mode:
        raise SetupFailed(f"Not simulated: Setup mode {options.mode}.")
