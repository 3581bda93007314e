"""The transport against answers in the forms that Windows gives, and against a stranger at the address.

Facts of the forms (which headers and prefixes there are, in which order, how output is cut) are from published recordings of
sessions with two versions of Windows; a server of this test, not the twin, gives them.
"""

from __future__ import annotations

import re
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from exmigrate.remote import ConnectionSettings, OutcomeUnknown, RemoteCredential, SessionLost
from exmigrate.remote.transport import Output, WinRMTransport
from exmigrate.twin.wsman.tls import Authority

pytestmark = pytest.mark.wire

SHELL = "0D6FCA9D-2D40-44C3-B691-E665BE7AA687"
COMMAND = "B0973E54-434E-4D99-B4BE-ADE584CE3BFB"
RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
PREFIXES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "rsp": RSP,
}


def stream(name: str, data: bytes = b"", end: bool = False) -> str:
    last = ' End="true"' if end else ""
    return f'<rsp:Stream Name="{name}" CommandId="{COMMAND}"{last}>{b64encode(data).decode()}</rsp:Stream>'


DONE = f'<rsp:CommandState CommandId="{COMMAND}" State="{RSP}/CommandState/Done"><rsp:ExitCode>1</rsp:ExitCode></rsp:CommandState>'
BODIES = {
    "Create": "<x:ResourceCreated><a:Address>http://192.0.2.1:5985/wsman</a:Address><a:ReferenceParameters>"
    f'<w:ResourceURI>{RSP}/cmd</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{SHELL}</w:Selector>'
    f"</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>{SHELL}</rsp:ShellId>"
    "<rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>",
    "Command": f"<rsp:CommandResponse><rsp:CommandId>{COMMAND}</rsp:CommandId></rsp:CommandResponse>",
    "Send": "<rsp:SendResponse/>",
    "Receive": "<rsp:ReceiveResponse>"
    + stream("stdout", b"output 1")
    + stream("stdout", b"\n")
    + stream("stderr", b"err \r\n")
    + stream("stdout", b"output 2\n")
    + stream("stdout", end=True)
    + stream("stderr", end=True)
    + f"{DONE}</rsp:ReceiveResponse>",
    "Signal": "<rsp:SignalResponse/>",
    "Delete": "",
}


def fault(subcode: str, reason: str, code: int, message: str) -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{reason} </s:Text></s:Reason><s:Detail><f:WSManFault '
        f'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}" Machine="192.0.2.1">'
        f"<f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )


GONE = fault("InvalidSelectors", "The request contained invalid selectors.", 2150858843, "No such command.")
REFUSED = fault(
    "InvalidParameter",
    "The parameter is incorrect.",
    87,
    '<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\\system32\\winrscmd.dll">No.</f:ProviderFault>',
)


class Server:
    """An HTTPS server that answers each operation with a prepared body.

    Attributes:
        activity: Whether answers carry the header that newer versions of Windows add.
        answer: What every operation is answered with instead, as (status, whole text), or None.
    """

    def __init__(self, folder: Path) -> None:
        self.activity = False
        self.answer: tuple[int, str] | None = None
        authority = Authority()
        self.trust = folder / "trust.pem"
        self.trust.write_bytes(authority.pem)
        pem, key = authority.machine("localhost").write(folder, "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, text = server.reply(asked)
                self.send_response(status)
                self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        return Handler

    def reply(self, asked: str) -> tuple[int, str]:
        """The answer to a request."""
        if self.answer is not None and not self.answer[1].startswith("<s:Fault>"):
            return self.answer
        action = re.search(r"<[\w:]*Action[^>]*>([^<]*)<", asked)
        message = re.search(r"<[\w:]*MessageID[^>]*>([^<]*)<", asked)
        assert action
        assert message
        status, body = self.answer or (200, BODIES[action[1].rpartition("/")[2]])
        spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
        activity = (
            "<p:ActivityId>1A2F2108-D2BA-0001-1671-301ABAD2D301</p:ActivityId>" if self.activity else ""
        )
        return status, (
            f'<s:Envelope xml:lang="en-US" {spaces}><s:Header><a:Action>{action[1]}Response</a:Action>'
            f"<a:MessageID>uuid:31F20919-69F2-4EE2-AE04-758019E427A2</a:MessageID>{activity}"
            f"<a:RelatesTo>{message[1]}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )

    def transport(self) -> WinRMTransport:
        """A transport that reaches it."""
        return WinRMTransport(
            ConnectionSettings(
                "EX1", "127.0.0.1", "basic", "https", self._http.server_address[1], str(self.trust)
            ),
            RemoteCredential("somebody", "secret"),
        )

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("activity", [False, True])
def test_a_command_from_its_shell_to_its_end(server: Server, activity: bool) -> None:
    server.activity = activity
    transport = server.transport()
    shell = transport.open_shell()
    command = transport.start(shell, "powershell.exe", ["-"])
    assert (shell, command) == (SHELL, COMMAND)
    transport.send(shell, command, b"Write-Host\n")
    assert transport.receive(shell, command) == Output(b"output 1\noutput 2\n", b"err \r\n", 1)
    transport.stop(shell, command)
    transport.close_shell(shell)
    transport.reset()


@pytest.mark.parametrize(
    ("body", "error", "why"),
    [
        (GONE, SessionLost, "The request contained invalid selectors."),
        (REFUSED, OutcomeUnknown, "WS-Management fault 87: The parameter is incorrect."),
    ],
)
def test_faults_say_in_windows_words_what_is_wrong(
    server: Server, body: str, error: type[Any], why: str
) -> None:
    transport = server.transport()
    shell = transport.open_shell()
    server.answer = (500, body)
    with pytest.raises(error) as caught:
        transport.receive(shell, COMMAND)
    assert type(caught.value) is error
    assert caught.value.why == why
    transport.reset()


@pytest.mark.parametrize("text", ["", "<html><body>It works!</body></html>", "ready", "<a><b/></a>"])
@pytest.mark.parametrize("status", [200, 500])
def test_a_stranger_at_the_address_is_an_error_with_a_reason(server: Server, status: int, text: str) -> None:
    server.answer = (status, text)
    transport = server.transport()
    with pytest.raises(OutcomeUnknown) as caught:
        transport.open_shell()
    assert caught.value.why
    assert (status == 500) == (caught.value.why == "HTTP 500")
    transport.reset()
