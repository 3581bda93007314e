"""System.Environment, Net.Dns and kin: what a script asks of the machine by .NET types."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import BY_CLASS, TYPES, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.system import expand_variables
from exmigrate.twin.powershell.types.textio import newline

ENV = declare_type("System.Environment", is_abstract=True)
ENV.static("MachineName", lambda ctx: ctx.machine.name, "System.String")
ENV.static("UserName", lambda ctx: ctx.machine.user.rpartition("\\")[2], "System.String")
ENV.static(
    "UserDomainName", lambda ctx: ctx.machine.user.rpartition("\\")[0] or ctx.machine.name, "System.String"
)
ENV.static("NewLine", newline, "System.String")
ENV.static("ProcessorCount", lambda ctx: 4, "System.Int32")
ENV.static(
    "TickCount",
    lambda ctx: (ctx.machine.clock.now() - ctx.machine.clock.boot_ticks) // 10_000 % 2**31,
    "System.Int32",
)
ENV.static("Is64BitOperatingSystem", lambda ctx: True)
ENV.static("Is64BitProcess", lambda ctx: True)
ENV.static("HasShutdownStarted", lambda ctx: False)
ENV.static("UserInteractive", lambda ctx: False)
ENV.static("CommandLine", lambda ctx: "powershell.exe", "System.String")
ENV.static("ExitCode", lambda ctx: 0)
ENV.static("StackTrace", lambda ctx: "", "System.String")
ENV.static("CurrentDirectory", lambda ctx: ctx.current_directory(), "System.String")
ENV.static("SystemDirectory", lambda ctx: "C:\\Windows\\system32", "System.String")
ENV.static(
    "Version",
    lambda ctx: s.Version(2, 0, 50727, 8000) if ctx.level == "2.0" else s.Version(4, 0, 30319, 42000),
)

OS = v.record_type(
    "System.OperatingSystem",
    {
        "Platform": "System.PlatformID",
        "ServicePack": "System.String",
        "Version": "System.Version",
        "VersionString": "System.String",
    },
    to_string="VersionString",
)
TYPES["system.operatingsystem"] = OS


def _os(ctx: Any) -> v.Record:
    text = ctx.machine.os_version
    parts = [int(part) for part in text.split(".")]
    windows = ctx.machine.platform == "windows"
    return v.Record(
        OS,
        {
            "Platform": enum_value("System.PlatformID", "Win32NT" if windows else "Unix"),
            "ServicePack": getattr(ctx.machine, "service_pack", ""),
            "Version": s.Version(*parts[:4]),
            "VersionString": f"Microsoft Windows NT {text}" if windows else f"Unix {text}",
        },
    )


ENV.static("OSVersion", _os)


def _scope(ctx: Any, target: Any) -> Any:
    if target is None or str(target) == "Process":
        return ctx.environment()
    return ctx.machine.machine_environment


@ENV.static_method(
    "string GetEnvironmentVariable(string variable)",
    "string GetEnvironmentVariable(string variable, System.EnvironmentVariableTarget target)",
    ctx=True,
)
def _get_variable(name: str, target: Any = None, ctx: Any = None) -> str | None:
    return _scope(ctx, target).get(name)  # type: ignore[no-any-return]


@ENV.static_method(
    "void SetEnvironmentVariable(string variable, string value)",
    "void SetEnvironmentVariable(string variable, string value, System.EnvironmentVariableTarget target)",
    ctx=True,
)
def _set_variable(name: str, value: str, target: Any = None, ctx: Any = None) -> None:
    scope = _scope(ctx, target)
    if value:
        scope[name] = value
    else:
        scope.pop(name, None)


@ENV.static_method(
    "System.Collections.IDictionary GetEnvironmentVariables()",
    "System.Collections.IDictionary GetEnvironmentVariables(System.EnvironmentVariableTarget target)",
    ctx=True,
)
def _get_variables(target: Any = None, ctx: Any = None) -> c.Hashtable:
    return c.Hashtable(_scope(ctx, target).items())


ENV.static_method("string ExpandEnvironmentVariables(string name)", ctx=True)(
    lambda text, ctx: expand_variables(text, ctx.environment())
)
ENV.static_method("string[] GetCommandLineArgs()")(lambda: v.TypedArray(d.STRING, ["powershell.exe"]))
ENV.static_method("string[] GetLogicalDrives()", ctx=True)(
    lambda ctx: v.TypedArray(d.STRING, [f"{name}:\\" for name in ctx.machine.files.drives()])
)


@ENV.static_method("void Exit(int exitCode)", ctx=True)
def _exit(code: int, ctx: Any) -> None:
    ctx.exit(code)


_ALL_USERS = "C:\\ProgramData\\Microsoft\\Windows"
_OWN_MENU = "\\AppData\\Roaming\\Microsoft\\Windows"
_FOLDERS = {
    "System": "C:\\Windows\\system32", "SystemX86": "C:\\Windows\\SysWOW64", "Windows": "C:\\Windows",
    "Fonts": "C:\\Windows\\Fonts", "Resources": "C:\\Windows\\resources", "ProgramFiles": "C:\\Program Files",
    "ProgramFilesX86": "C:\\Program Files (x86)", "CommonApplicationData": "C:\\ProgramData",
    "CommonProgramFiles": "C:\\Program Files\\Common Files",
    "CommonProgramFilesX86": "C:\\Program Files (x86)\\Common Files", "CommonStartMenu": f"{_ALL_USERS}\\Start Menu",
    "CommonPrograms": f"{_ALL_USERS}\\Start Menu\\Programs",
    "CommonStartup": f"{_ALL_USERS}\\Start Menu\\Programs\\Startup",
    "CommonAdminTools": f"{_ALL_USERS}\\Start Menu\\Programs\\Administrative Tools",
    "CommonTemplates": f"{_ALL_USERS}\\Templates", "CommonDesktopDirectory": "C:\\Users\\Public\\Desktop",
    "CommonDocuments": "C:\\Users\\Public\\Documents", "CommonMusic": "C:\\Users\\Public\\Music",
    "CommonPictures": "C:\\Users\\Public\\Pictures", "CommonVideos": "C:\\Users\\Public\\Videos",
}  # fmt: skip
_BELOW_HOME = {
    "Desktop": "\\Desktop", "DesktopDirectory": "\\Desktop", "MyDocuments": "\\Documents", "Personal": "\\Documents",
    "MyMusic": "\\Music", "MyVideos": "\\Videos", "MyPictures": "\\Pictures", "Favorites": "\\Favorites",
    "ApplicationData": "\\AppData\\Roaming", "LocalApplicationData": "\\AppData\\Local", "UserProfile": "",
    "StartMenu": f"{_OWN_MENU}\\Start Menu", "Programs": f"{_OWN_MENU}\\Start Menu\\Programs",
    "Startup": f"{_OWN_MENU}\\Start Menu\\Programs\\Startup",
    "AdminTools": f"{_OWN_MENU}\\Start Menu\\Programs\\Administrative Tools", "Recent": f"{_OWN_MENU}\\Recent",
    "SendTo": f"{_OWN_MENU}\\SendTo", "Templates": f"{_OWN_MENU}\\Templates",
    "NetworkShortcuts": f"{_OWN_MENU}\\Network Shortcuts", "PrinterShortcuts": f"{_OWN_MENU}\\Printer Shortcuts",
    "Cookies": f"{_OWN_MENU}\\Cookies", "History": "\\AppData\\Local\\Microsoft\\Windows\\History",
    "InternetCache": "\\AppData\\Local\\Microsoft\\Windows\\Temporary Internet Files",
    "CDBurning": "\\AppData\\Local\\Microsoft\\Windows\\Burn\\Burn",
}  # fmt: skip
"""What is in neither table is the empty text, as on a Windows that has no such folder (``MyComputer``)."""


@ENV.static_method("string GetFolderPath(System.Environment+SpecialFolder folder)", ctx=True)
def _folder(folder: Any, ctx: Any) -> str:
    home = ctx.environment().get("USERPROFILE") or ctx.environment().get("HOME") or ""
    name = str(folder)
    return _FOLDERS.get(name) or (home + _BELOW_HOME[name] if name in _BELOW_HOME else "")


THREAD = declare_type("System.Threading.Thread")


@THREAD.static_method("void Sleep(int millisecondsTimeout)", "void Sleep(timespan timeout)", ctx=True)
def _sleep(time: Any, ctx: Any) -> None:
    ctx.machine.clock.sleep(time.seconds if isinstance(time, s.TimeSpan) else time / 1000)


class Thread(v.NetObject):
    """The current thread."""

    __slots__ = ("culture",)

    def __init__(self, culture: Any):
        self.culture = culture


BY_CLASS[Thread] = THREAD


def _thread(ctx: Any) -> Thread:
    from exmigrate.twin.powershell.types.cultures import Culture

    kept = ctx.items.get("thread")
    if kept is None:
        kept = ctx.items["thread"] = Thread(Culture(getattr(ctx.machine, "culture", "")))
    return kept  # type: ignore[no-any-return]


THREAD.static("CurrentThread", _thread)
for _name in ("CurrentCulture", "CurrentUICulture"):
    THREAD.prop(_name, lambda t, ctx: t.culture, lambda t, value, ctx: setattr(t, "culture", value))
THREAD.prop("ManagedThreadId", lambda t, ctx: 1, type_name="System.Int32")


class Stopwatch(v.NetObject):
    """System.Diagnostics.Stopwatch over the machine's clock."""

    __slots__ = ("clock", "elapsed", "started")

    def __init__(self, clock: Any):
        self.clock = clock
        self.elapsed = 0
        self.started: int | None = None

    def ticks(self) -> int:
        """Ticks measured so far."""
        return self.elapsed + (self.clock.now() - self.started if self.started is not None else 0)


WATCH = declare_type("System.Diagnostics.Stopwatch", python=Stopwatch)
WATCH.prop("Elapsed", lambda w, ctx: s.TimeSpan(w.ticks()), type_name="System.TimeSpan")
WATCH.prop("ElapsedMilliseconds", lambda w, ctx: v.Int64(w.ticks() // 10_000), type_name="System.Int64")
WATCH.prop("ElapsedTicks", lambda w, ctx: v.Int64(w.ticks()), type_name="System.Int64")
WATCH.prop("IsRunning", lambda w, ctx: w.started is not None, type_name="System.Boolean")


@WATCH.method("void Start()")
def _start(watch: Stopwatch) -> None:
    if watch.started is None:
        watch.started = watch.clock.now()


@WATCH.method("void Stop()")
def _stop(watch: Stopwatch) -> None:
    watch.elapsed, watch.started = watch.ticks(), None


@WATCH.method("void Reset()")
def _reset(watch: Stopwatch) -> None:
    watch.elapsed, watch.started = 0, None


@WATCH.method("void Restart()")
def _restart(watch: Stopwatch) -> None:
    watch.elapsed, watch.started = 0, watch.clock.now()


WATCH.constructor("new()", ctx=True)(lambda ctx: Stopwatch(ctx.machine.clock))


@WATCH.static_method("System.Diagnostics.Stopwatch StartNew()", ctx=True)
def _start_new(ctx: Any) -> Stopwatch:
    watch = Stopwatch(ctx.machine.clock)
    watch.started = watch.clock.now()
    return watch


ZONE = v.record_type(
    "System.TimeZoneInfo",
    {
        "Id": "System.String",
        "DisplayName": "System.String",
        "StandardName": "System.String",
        "BaseUtcOffset": "System.TimeSpan",
    },
    to_string="DisplayName",
)
TYPES["system.timezoneinfo"] = ZONE


def _local_zone(ctx: Any) -> v.Record:
    clock = ctx.machine.clock
    offset = clock.offset_minutes(clock.now())
    name = clock.zone_id
    return v.Record(
        ZONE,
        {
            "Id": name,
            "DisplayName": name,
            "StandardName": name,
            "BaseUtcOffset": s.TimeSpan(offset * 600_000_000),
        },
    )


ZONE.static("Local", _local_zone)
ZONE.static(
    "Utc",
    lambda ctx: v.Record(
        ZONE, {"Id": "UTC", "DisplayName": "UTC", "StandardName": "UTC", "BaseUtcOffset": s.TimeSpan(0)}
    ),
)


@ZONE.method("timespan GetUtcOffset(datetime dateTime)", ctx=True)
def _utc_offset(zone: v.Record, moment: s.DateTime, ctx: Any) -> s.TimeSpan:
    if zone.values["Id"] == "UTC":
        return s.TimeSpan(0)
    return s.TimeSpan(ctx.machine.clock.offset_minutes(moment.ticks) * 600_000_000)


@ZONE.static_method("datetime ConvertTimeToUtc(datetime dateTime)", ctx=True)
def _to_utc(moment: s.DateTime, ctx: Any) -> s.DateTime:
    from exmigrate.twin.powershell.types.moments import to_utc

    return to_utc(moment, ctx)


ASSEMBLY = declare_type("System.Reflection.Assembly")


class Assembly(v.NetObject):
    """An assembly that was loaded by name."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name


BY_CLASS[Assembly] = ASSEMBLY
ASSEMBLY.prop("FullName", lambda a, ctx: a.name, type_name="System.String")
ASSEMBLY.prop("Location", lambda a, ctx: "", type_name="System.String")
ASSEMBLY.prop("GlobalAssemblyCache", lambda a, ctx: True, type_name="System.Boolean")
KNOWN_ASSEMBLIES = (
    "mscorlib", "system", "system.core", "system.xml", "system.data", "system.web", "system.web.extensions", "system.security",
    "system.directoryservices", "system.directoryservices.protocols", "system.directoryservices.accountmanagement",
    "system.serviceprocess", "system.management", "system.management.automation", "system.configuration", "system.net",
    "system.net.http", "system.io.compression", "system.io.compression.filesystem", "system.windows.forms", "system.drawing",
    "microsoft.web.administration", "system.numerics", "microsoft.visualbasic",
)  # fmt: skip


@ASSEMBLY.static_method(
    "System.Reflection.Assembly LoadWithPartialName(string partialName)",
    "System.Reflection.Assembly Load(string assemblyString)",
    ctx=True,
)
def _load_assembly(name: str, ctx: Any) -> Assembly | None:
    short = name.partition(",")[0].strip().lower()
    known = (*KNOWN_ASSEMBLIES, *getattr(ctx.machine, "assemblies", ()))
    if short not in known:
        raise NetFault(
            "System.IO.FileNotFoundException",
            f"Could not load file or assembly '{name}' or one of its dependencies. The system cannot find the file specified.",
        )
    return Assembly(name)


@ASSEMBLY.static_method(
    "System.Reflection.Assembly LoadFrom(string assemblyFile)",
    "System.Reflection.Assembly LoadFile(string path)",
    ctx=True,
)
def _load_file(path: str, ctx: Any) -> Assembly:
    if ctx.machine.files.stat(ctx.full_path(path)) is None:
        raise NetFault(
            "System.IO.FileNotFoundException",
            f"Could not load file or assembly '{path}'. The system cannot find the file specified.",
        )
    return Assembly(path)
