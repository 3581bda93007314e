"""Untrusted input: answers of servers, endpoints files, shell books."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exmigrate.remote import BadResult, ConnectionSettings, Failure, Result, ShellBook, read_endpoints
from exmigrate.remote.errors import BadEndpoints, RehearsalEndpoints
from exmigrate.remote.framing import Answer, Damaged, FrameReader, Ready
from exmigrate.remote.results import read_answer


def answer(**more: Any) -> bytes:
    return json.dumps({"v": 1} | more).encode()


def test_result_and_error() -> None:
    found = read_answer(answer(result={"State": "Needed", "facts": {"a": 1}}, milliseconds=7))
    assert isinstance(found, Result)
    assert (found.state, found.facts, found.milliseconds) == ("needed", {"a": 1}, 7)
    found = read_answer(answer(error={"message": "m", "id": "i", "category": "c"}))
    assert found == Failure("script", "m", "i", "", {"category": "c"})


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"v": 2, "result": {"state": "x"}}',
        b"\xff",
        b'{"v": 1, "result": []}',
        b'{"v": 1, "result": {}}',
        b'{"v": 1, "result": {"state": 3}}',
        b'{"v": 1, "result": {"state": "x", "facts": []}}',
        b'{"v": 1, "result": {"state": "x", "message": {}}}',
        b'{"v": 1, "result": {"state": "x", "facts": {"a": 1.5}}}',
        b'{"v": 1, "result": {"state": "x", "facts": {"a": NaN}}}',
        b'{"v": 1, "result": {"state": "x", "facts": {"a": 99999999999999999999}}}',
        b'{"v": 1, "result": {"state": "x", "facts": {"a": ' + b"[" * 100 + b"]" * 100 + b"}}}",
        b"[" * 100_000,
        answer(result={"state": "x", "facts": {"t": "x" * 2_000_000}}),
    ],
)
def test_other_shapes_are_refused(payload: bytes) -> None:
    with pytest.raises(BadResult):
        read_answer(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(payload: bytes) -> None:
    with contextlib.suppress(BadResult):
        read_answer(payload)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_output_leaves_the_reader_standing(pieces: list[bytes]) -> None:
    reader = FrameReader("~m")
    for piece in pieces:
        reader.feed(piece)
    assert reader.feed(b"\n~m READY 1 5 2.0\r\n")[-1] == Ready("1", 5, "2.0")


def test_frames_with_a_gap_are_damaged_and_others_pass_for_nothing() -> None:
    reader = FrameReader("~m")
    assert reader.feed(b"~x F 1 0 QQ==\n~m F 1 1 QQ==\n~m E 1 2 2\n") == [Damaged("1")]
    assert reader.feed(b"noise~m F 1 0 QQ==\r\n~m E 1") == []
    assert reader.feed(b" 1 1\r\n") == [Answer("1", b"A")]
    assert reader.console == "~x F 1 0 QQ==\nnoise\n"


def endpoints(path: Path, **more: Any) -> Path:
    data = {
        "format": "exmigrate.endpoints/1",
        "servers": {"EX1": {"address": "127.0.0.1", "http_port": 1, "https_port": 2, "trust": "/ca.pem"}},
    }
    path.write_text(json.dumps(data | more))
    return path


def test_endpoints_replace_address_port_and_trust(tmp_path: Path) -> None:
    found = read_endpoints(endpoints(tmp_path / "e.json"), live=True)
    settings = found.apply(ConnectionSettings("ex1.example.test", transport="ntlm", scheme="https"))
    assert (settings.endpoint, settings.verify) == ("https://127.0.0.1:2/wsman", "/ca.pem")
    assert found.apply(ConnectionSettings("other")).endpoint == "http://other:5985/wsman"


def test_a_live_run_refuses_a_scaled_clock(tmp_path: Path) -> None:
    path = endpoints(tmp_path / "e.json", epoch="2013-01-01T00:00:00Z", origin=1.0, speed=60)
    assert read_endpoints(path, live=False).speed == 60
    with pytest.raises(RehearsalEndpoints, match="live run"):
        read_endpoints(path, live=True)


@pytest.mark.parametrize("text", ["", "[]", '{"format": "x"}', '{"format": "exmigrate.endpoints/1"}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.json"
    path.write_text(text)
    with pytest.raises(BadEndpoints):
        read_endpoints(path, live=False)
    with pytest.raises(BadEndpoints):
        read_endpoints(tmp_path / "none.json", live=False)
    with pytest.raises(BadEndpoints):
        read_endpoints(
            endpoints(tmp_path / "f.json", servers={"a": {"address": "x", "http_port": 70000}}), live=False
        )


def test_a_shell_book_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text("[1]")
    book = ShellBook(path)
    book.opened("e", "u", "1")
    assert ShellBook(path).left("e", "u") == ["1"]
