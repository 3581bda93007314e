"""The WinRM service of one machine: one request in, one response (or fault) out."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape

from . import soap
from .ports import CommandNotFound, CommandRequest, Logon, MachineSpec, ProcessFactory
from .shells import Output, Shell, ShellTable, ShellWish

_RUNNING: Final = f"{soap.SHELL}/CommandState/Running"
_DONE: Final = f"{soap.SHELL}/CommandState/Done"
_SIGNALS: Final = ("terminate", "ctrl_c", "ctrl_break")


class Service:
    """WS-Management operations over the shells of one machine.

    Args:
        spec: The machine.
        factory: Starts its processes.
    """

    def __init__(self, spec: MachineSpec, factory: ProcessFactory) -> None:
        self.spec = spec
        self.shells = ShellTable(spec.name, spec.quotas, factory)

    def handle(self, request: soap.Request, logon: Logon, check_client: Callable[[], None]) -> bytes:
        """Carry out one request.

        Returns:
            The response envelope.

        Raises:
            soap.Fault: what the client is told instead.
        """
        if request.operation == "identify":
            return soap.identify_response(self.spec.os_version, self.spec.service_pack)
        if request.operation == "enumerate":
            return self._enumerate(request, logon)
        if not request.resource.lower().startswith(soap.CMD_SHELL):
            raise soap.not_supported(f"resource {request.resource}")
        if request.operation == "create":
            return self._create(request, logon)
        if request.operation == "get":
            raise soap.not_supported("Get of a shell")
        shell = self.shells.find(logon, request.shell_id)
        if request.operation == "receive":
            return self._receive(request, shell, check_client)
        return _SHELL_OPERATIONS[request.operation](self, request, shell)

    def _create(self, request: soap.Request, logon: Logon) -> bytes:
        environment = {
            (item.get("Name") or ""): item.text or ""
            for item in request.elements("rsp:Environment/rsp:Variable")
        }
        codepage = request.options.get("WINRS_CODEPAGE", "437")
        wish = ShellWish(
            environment=environment,
            working_directory=request.text("rsp:WorkingDirectory"),
            codepage=int(codepage) if codepage.isdigit() else 437,
            no_profile=_is_true(request.options.get("WINRS_NOPROFILE", "")),
            idle_timeout_s=soap.duration(request.text("rsp:IdleTimeOut") or request.text("rsp:IdleTimeout")),
            shell_id=(request.body.get("ShellId", "") if request.body is not None else "").upper(),
        )
        shell = self.shells.create(logon, wish)
        reference = (
            f"<x:ResourceCreated><a:Address>{soap.ADDRESSING}/role/anonymous</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{soap.CMD_SHELL}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
            f"</x:ResourceCreated>"
        )
        return soap.response(request, f"{soap.TRANSFER}/CreateResponse", reference + self._describe(shell))

    def _describe(self, shell: Shell) -> str:
        return (
            f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId>"
            f"<rsp:ResourceUri>{soap.CMD_SHELL}</rsp:ResourceUri>"
            f"<rsp:Owner>{escape(shell.logon.name)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>"
            f"<rsp:IdleTimeOut>PT{shell.idle_timeout_s:.3f}S</rsp:IdleTimeOut>"
            f"<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
            f"<rsp:ShellRunTime>P0DT0H0M1S</rsp:ShellRunTime>"
            f"<rsp:ShellInactivity>P0DT0H0M1S</rsp:ShellInactivity></rsp:Shell>"
        )

    def _enumerate(self, request: soap.Request, logon: Logon) -> bytes:
        if not request.resource.lower().startswith(soap.SHELL):
            raise soap.not_supported(f"Enumerate of {request.resource}")
        items = "".join(self._describe(shell) for shell in self.shells.of_user(logon))
        body = (
            "<n:EnumerateResponse><n:EnumerationContext/>"
            f"<w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
        )
        return soap.response(request, f"{soap.ENUMERATION}/EnumerateResponse", body)

    def _command(self, request: soap.Request, shell: Shell) -> bytes:
        command_id = (request.body.get("CommandId", "") if request.body is not None else "").upper()
        wanted = CommandRequest(
            machine=self.spec.name,
            command=request.text("rsp:Command").strip(),
            arguments=tuple(item.text or "" for item in request.elements("rsp:Arguments")),
            logon=shell.logon,
            environment=dict(shell.environment),
            working_directory=shell.working_directory,
            codepage=shell.codepage,
            no_profile=shell.no_profile,
            console_stdin=_is_true(request.options.get("WINRS_CONSOLEMODE_STDIN", "TRUE")),
            skip_cmd=_is_true(request.options.get("WINRS_SKIP_CMD_SHELL", "")),
        )
        if not wanted.command:
            raise soap.invalid_parameter("CommandLine without a Command")
        if len(wanted.line) > 8191 and not wanted.skip_cmd:
            raise soap.Fault(2147942606, "The filename or extension is too long. ")
        try:
            command = self.shells.run(shell, wanted, command_id)
        except CommandNotFound as error:
            raise soap.file_not_found() from error
        body = f"<rsp:CommandResponse><rsp:CommandId>{command.id}</rsp:CommandId></rsp:CommandResponse>"
        return soap.response(request, f"{soap.SHELL}/CommandResponse", body)

    def _send(self, request: soap.Request, shell: Shell) -> bytes:
        for stream in request.elements("rsp:Stream"):
            command = self.shells.command(shell, (stream.get("CommandId") or "").upper())
            try:
                data = base64.b64decode("".join((stream.text or "").split()), validate=True)
            except binascii.Error as error:
                raise soap.invalid_parameter("stream is not base64") from error
            command.stdin.feed(data)
            if _is_true(stream.get("End") or ""):
                command.stdin.close()
        return soap.response(request, f"{soap.SHELL}/SendResponse", "<rsp:SendResponse/>")

    def _receive(self, request: soap.Request, shell: Shell, check_client: Callable[[], None]) -> bytes:
        streams = request.elements("rsp:DesiredStream")
        command_id = (streams[0].get("CommandId") or "").upper() if streams else ""
        command = self.shells.command(shell, command_id)
        quotas = self.spec.quotas
        timeout = min(request.timeout_s or quotas.max_timeout_s, quotas.max_timeout_s)
        envelope = min(request.max_envelope or quotas.max_envelope_kb * 1024, quotas.max_envelope_kb * 1024)
        try:
            output = command.receive(timeout, max((envelope - 4096) * 3 // 4, 1024), check_client)
        finally:
            shell.touched = time.monotonic()
        return soap.response(request, f"{soap.SHELL}/ReceiveResponse", _streams(command_id, output))

    def _signal(self, request: soap.Request, shell: Shell) -> bytes:
        element = request.body
        command_id = (element.get("CommandId") or "").upper() if element is not None else ""
        code = request.text("rsp:Code").rsplit("/", 1)[-1]
        if code not in _SIGNALS:
            raise soap.invalid_parameter(f"signal {code}")
        command = self.shells.command(shell, command_id)
        command.end(_CONTROL_C)
        if code == "terminate":
            self.shells.forget_command(shell, command_id)
        return soap.response(request, f"{soap.SHELL}/SignalResponse", "<rsp:SignalResponse/>")

    def _delete(self, request: soap.Request, shell: Shell) -> bytes:
        self.shells.delete(shell)
        return soap.response(request, f"{soap.TRANSFER}/DeleteResponse", "")


_CONTROL_C: Final = -1073741510  # 0xC000013A STATUS_CONTROL_C_EXIT
_SHELL_OPERATIONS: Final = {
    "command": Service._command,
    "send": Service._send,
    "signal": Service._signal,
    "delete": Service._delete,
}


def _streams(command_id: str, output: Output) -> str:
    parts = ["<rsp:ReceiveResponse>"]
    ended = output.exit_code is not None
    for name, data in (("stdout", output.stdout), ("stderr", output.stderr)):
        if data:
            text = base64.b64encode(data).decode()
            parts.append(f'<rsp:Stream Name="{name}" CommandId="{command_id}">{text}</rsp:Stream>')
        if ended:
            parts.append(f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"></rsp:Stream>')
    if ended:
        # Exit codes are unsigned on the wire; Windows shows a negative one as it is.
        parts.append(
            f'<rsp:CommandState CommandId="{command_id}" State="{_DONE}">'
            f"<rsp:ExitCode>{output.exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    else:
        parts.append(f'<rsp:CommandState CommandId="{command_id}" State="{_RUNNING}"/>')
    parts.append("</rsp:ReceiveResponse>")
    return "".join(parts)


def _is_true(text: str) -> bool:
    return text.strip().lower() in ("true", "1")
