"""How cmdlets, types, COM classes, native programs, providers, snap-ins and modules plug into the interpreter.

A pack is a value that is given to :class:`~exmigrate.twin.powershell.host.Host`. It is data plus Python functions::

    def get_mailbox(call: Call) -> None:
        for mailbox in call.machine.world.mailboxes(call.get("Identity")):
            call.write(mailbox)

    pack = Pack(
        "exchange",
        cmdlets=[
            Cmdlet(
                "Get-Mailbox",
                parameters=[
                    Parameter("Identity", "string", position=0, pipeline=True, pipeline_by_name=True),
                    Parameter("ResultSize", "object"),
                    Parameter("Arbitration", "switch"),
                ],
                process=get_mailbox,
                source="Microsoft.Exchange.Management.PowerShell.E2010",
            )
        ],
        snapins={"Microsoft.Exchange.Management.PowerShell.E2010": SnapIn("...")},
    )

A cmdlet whose ``source`` is '' or a name in ``Pack.loaded`` is visible at once; else only after ``Add-PSSnapin`` or
``Import-Module`` of its source. The common parameters (Verbose, ErrorAction ...) are added by the binder; with
``should_process`` also WhatIf and Confirm.

Values: ``$null`` is None, booleans bool, Int32 a plain int, strings str, Object[] a list; the rest are the classes of
:mod:`~exmigrate.twin.powershell.values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .errors import ErrorRecord, PSError

Levels = str
ALL_LEVELS: tuple[str, ...] = ("2.0", "3.0", "5.1", "7")


class _Unset:
    """The default of a parameter that has none (``$null`` is a value)."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()


@dataclass(frozen=True, slots=True)
class Validation:
    """One validation attribute.

    Attributes:
        kind: 'Set', 'Range', 'Pattern', 'Length', 'Count', 'NotNull', 'NotNullOrEmpty', 'Script'.
        args: Set: the values; Range, Length, Count: minimum and maximum; Pattern: the regular expression;
            Script: a script block, or a Python callable ``(value) -> bool``.
        ignore_case: For Set and Pattern.
    """

    kind: str
    args: tuple[Any, ...] = ()
    ignore_case: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a cmdlet.

    Attributes:
        name: Name without the dash.
        type: Type literal without brackets as a script would write it: 'string', 'string[]', 'switch', 'int',
            'scriptblock', 'hashtable', 'object', 'System.Management.Automation.PSCredential', or a type of the pack.
        sets: Parameter sets it is in; () is all of them.
        mandatory: True (in each of its sets) or the names of the sets in which it is mandatory.
        position: Position in all its sets, or a mapping of set name to position; None is named only.
        pipeline: Takes pipeline input by value (True, or the names of the sets where it does).
        pipeline_by_name: Takes pipeline input by property name (name or alias), likewise.
        remaining: Takes all remaining arguments.
        aliases: Other names.
        default: Value in ``call.bound`` when not given; UNSET leaves the key out.
        allow_null, allow_empty: Accept $null, or empty strings and collections, though mandatory.
        validations: Validation attributes, in order.
        since: First level that has it.
        until: Last level that has it.
    """

    name: str
    type: str = "object"
    sets: tuple[str, ...] = ()
    mandatory: bool | tuple[str, ...] = False
    position: int | Mapping[str, int] | None = None
    pipeline: bool | tuple[str, ...] = False
    pipeline_by_name: bool | tuple[str, ...] = False
    remaining: bool = False
    aliases: tuple[str, ...] = ()
    default: Any = UNSET
    allow_null: bool = False
    allow_empty: bool = False
    validations: tuple[Validation, ...] = ()
    since: str = "2.0"
    until: str = "7"


class Call(Protocol):
    """What a cmdlet's Python function gets: its bound parameters and its way back into the session.

    Attributes:
        name: The cmdlet's name.
        invoked_as: The name that the script typed (an alias perhaps).
        bound: Bound parameter values by canonical parameter name, converted to the parameter's type; parameters that
            were not given are absent, or hold their declared default.
        given: Canonical names of those that the script or the pipeline really gave.
        set_name: Name of the parameter set chosen.
        input: Current pipeline object (None outside ``process``, or without pipeline input).
        has_input: Whether the command stands behind a pipe.
        state: A dict of the cmdlet's own, kept from begin to end.
        machine: The machine port.
        session: The runspace (see runtime): variables, functions, aliases, current location, modules, preferences.
        level: '2.0', '3.0', '5.1' or '7'.
    """

    invoked_as: str
    bound: dict[str, Any]
    input: Any
    has_input: bool
    state: dict[str, Any]

    @property
    def name(self) -> str: ...
    @property
    def given(self) -> set[str]: ...
    @property
    def set_name(self) -> str: ...
    @property
    def machine(self) -> Any: ...
    @property
    def session(self) -> Any: ...
    @property
    def level(self) -> str: ...

    def get(self, name: str, default: Any = None) -> Any:
        """The bound value of a parameter, or the default."""

    def flag(self, name: str) -> bool:
        """Whether a switch parameter is given and on."""

    def write(self, value: Any) -> None:
        """Put one object on the output stream; a collection goes as one object."""

    def write_all(self, values: Any) -> None:
        """Put each element of a collection on the output stream (a scalar goes as it is, $null not at all)."""

    def write_error(
        self,
        message: str,
        error_id: str = "NotSpecified",
        category: str = "NotSpecified",
        target: Any = None,
        *,
        exception: str = "System.Management.Automation.RuntimeException",
        inner: Any = None,
        recommended: str = "",
        raw_id: bool = False,
    ) -> None:
        """Write a non-terminating error; with ErrorAction Stop this raises. ``raw_id`` leaves the command part off."""

    def write_error_record(self, record: ErrorRecord) -> None:
        """The same for a record that exists already."""

    def throw(
        self,
        message: str,
        error_id: str = "NotSpecified",
        category: str = "NotSpecified",
        target: Any = None,
        *,
        exception: str = "System.Management.Automation.RuntimeException",
        inner: Any = None,
    ) -> PSError:
        """A statement-terminating error of this cmdlet, to be raised: ``raise call.throw(...)``."""

    def warning(self, text: str) -> None: ...
    def verbose(self, text: str) -> None: ...
    def debug(self, text: str) -> None: ...
    def progress(self, activity: str, status: str = "", percent: int = -1) -> None: ...
    def information(self, value: Any, tags: Sequence[str] = (), source: str = "") -> None: ...

    def host(self, text: str, newline: bool = True) -> None:
        """Write to the host (what Write-Host does)."""

    def should_process(self, target: str, action: str = "") -> bool:
        """ShouldProcess: False under -WhatIf (after writing the 'What if:' line) or when the user says no."""

    def should_continue(self, query: str, caption: str = "") -> bool:
        """ShouldContinue: asks; without an interactive host this is an error as in life."""

    def invoke(
        self, block: Any, args: Sequence[Any] = (), *, dollar_under: Any = UNSET, new_scope: bool = True
    ) -> list[Any]:
        """Run a script block and give back its output objects; ``dollar_under`` sets ``$_`` for it."""

    def runner(self, block: Any) -> Callable[[Any, Callable[[Any], None]], None]:
        """A function ``(item, emit)`` that runs the block in the caller's scope with ``$_`` as the item (fast)."""

    def run_command(self, name: str, parameters: Mapping[str, Any]) -> list[Any]:
        """Run another command by name with named parameters and give back its output objects."""

    def stop_upstream(self) -> None:
        """End the pipeline up to this command without an error (Select-Object -First, from level 3.0)."""

    def convert(self, value: Any, type_name: str) -> Any:
        """Convert as a cast to ``[type_name]`` would."""


Body = Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """A cmdlet: its signature as data and up to three Python functions.

    Attributes:
        name: Verb-Noun.
        parameters: Its parameters without the common ones.
        process: Runs once for each pipeline object, or once when there is no pipeline input.
        begin: Runs before any input; parameters from the pipeline are not bound yet.
        end: Runs after all input.
        default_set: DefaultParameterSetName.
        should_process: SupportsShouldProcess.
        impact: ConfirmImpact: 'None', 'Low', 'Medium' or 'High'.
        source: Snap-in or module it belongs to ('' = always there).
        class_name: .NET class for error ids; '' = derived as ``Microsoft.PowerShell.Commands.<VerbNoun>Command``.
        since, until: First and last level that has it.
        aliases: Aliases that come with it.
        output: OutputType names, for Get-Command.
        prompt_mandatory: Text for the error when a mandatory parameter is missing (None = the usual).
        dynamic: Optional function ``(call) -> list[Parameter]``, dynamic parameters from what is bound so far.
        streaming: For hot paths: called once after begin, gives the function that takes each pipeline object in place
            of ``process`` (None leaves it at ``process``).
    """

    name: str
    parameters: Sequence[Parameter] = ()
    process: Body | None = None
    begin: Body | None = None
    end: Body | None = None
    default_set: str = ""
    should_process: bool = False
    impact: str = "Medium"
    source: str = ""
    class_name: str = ""
    since: str = "2.0"
    until: str = "7"
    aliases: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    dynamic: Callable[[Call], Sequence[Parameter]] | None = None
    streaming: Callable[[Call], Callable[[Any], None] | None] | None = None

    def error_class(self) -> str:
        """The command part of its error ids."""
        return self.class_name or f"Microsoft.PowerShell.Commands.{self.name.replace('-', '')}Command"


@dataclass(frozen=True, slots=True)
class SnapIn:
    """A snap-in as Get-PSSnapin -Registered shows it; its cmdlets are those whose ``source`` is its name."""

    name: str
    version: str = "1.0.0.0"
    description: str = ""
    on_load: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """A module of native cmdlets; ``on_load`` gets the runspace (to define drives, variables ...)."""

    name: str
    version: str = "1.0.0.0"
    description: str = ""
    autoload: bool = True  # from level 3.0, a command of it loads it
    on_load: Callable[[Any], None] | None = None
    since: str = "2.0"


class NativeCall(Protocol):
    """What a native program's Python function gets.

    Attributes:
        name: Program name as typed; its full path where a folder was typed.
        args: Arguments after the quoting rules of the level.
        stdin: Lines of its standard input (pipeline objects as text); empty without a pipe.
        machine: The machine port.
        environment: Environment variables of the process.
        directory: Current directory.
    """

    name: str
    args: list[str]
    stdin: Iterable[str]
    environment: Mapping[str, str]
    directory: str

    @property
    def machine(self) -> Any: ...
    @property
    def session(self) -> Any: ...

    def out(self, line: str) -> None:
        """One line on its standard output."""

    def err(self, line: str) -> None:
        """One line on its standard error."""


Native = Callable[[NativeCall], int]
ComFactory = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of things to plug in; see the module text.

    Attributes:
        name: For messages.
        cmdlets: Cmdlets.
        types: Type definitions as :mod:`~exmigrate.twin.powershell.types` declares them.
        com: COM classes for ``New-Object -ComObject``: progid (any case) to a function of the runspace that gives
            the object.
        natives: Native programs by file name with extension ('setup.exe'), or '*.exe' for any other that is named with
            its folder; also found without the extension and by the path of a file of that name.
        snapins: Registered snap-ins by name.
        modules: Available modules by name.
        loaded: Names of snap-ins and modules that a fresh runspace has already.
        providers: Provider objects (see providers/).
        aliases: Aliases beyond those of the cmdlets: name to definition.
        functions: PowerShell source text of functions to define in the global scope of a fresh runspace.
        wmi: WMI classes for Get-WmiObject and Get-CimInstance: class name to a function
            ``(machine) -> iterable of objects``.
    """

    name: str
    cmdlets: Sequence[Cmdlet] = ()
    types: Sequence[Any] = ()
    com: Mapping[str, ComFactory] = field(default_factory=dict)
    natives: Mapping[str, Native] = field(default_factory=dict)
    snapins: Mapping[str, SnapIn] = field(default_factory=dict)
    modules: Mapping[str, ModuleInfo] = field(default_factory=dict)
    loaded: tuple[str, ...] = ()
    providers: Sequence[Any] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    functions: str = ""
    wmi: Mapping[str, Callable[[Any], Iterable[Any]]] = field(default_factory=dict)


def parameters_from_signature(signature: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Parameters from data: a mapping of parameter name to a mapping with the fields of :class:`Parameter`.

    Unknown fields are an error (KeyError of the dataclass), so that a misspelt field is not passed over.
    """
    made = []
    for name, fields in signature.items():
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in dict(fields).items()}
        made.append(Parameter(name, **values))
    return tuple(made)


def with_source(cmdlets: Iterable[Cmdlet], source: str) -> list[Cmdlet]:
    """The same cmdlets belonging to that snap-in or module."""
    return [replace(cmdlet, source=source) for cmdlet in cmdlets]


def cmdlet(name: str, *parameters: Parameter, **options: Any) -> Callable[[Body], Cmdlet]:
    """Decorator that makes a :class:`Cmdlet` of its ``process`` function."""

    def make(body: Body) -> Cmdlet:
        return Cmdlet(name, parameters=parameters, process=body, **options)

    return make
