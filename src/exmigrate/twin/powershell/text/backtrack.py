"""A matcher that counts its steps: for what Python's own cannot do, and for patterns that could run for ever.

It runs the parse tree of the translated expression (`regex_syntax`) on a stack of its own: balancing groups, all
captures of a group, matching from right to left (and lookbehind of any width, which is the same thing), ``\\G``. A
search that takes more than `STEPS` steps ends with `TooManySteps`: a real .NET would go on, perhaps for years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from exmigrate.twin.powershell.text.leaves import leaf, tester

_PARSER: Any = import_module("re._parser")
STEPS = 2_000_000
STEPS_PER_CHARACTER = 40
HERE = "\uf8ff"
"""Stands for ``\\G`` in a translated expression."""

Span = tuple[int, int]
Instruction = tuple[Any, ...]


class TooManySteps(Exception):
    """A search went over its limit of steps."""


class BoundedMatch:
    """What a search found, with the methods of `re.Match` that this package uses.

    Attributes:
        captures: All spans of each group, in order of capture.
    """

    __slots__ = ("captures", "string")

    def __init__(self, string: str, span: Span, captures: list[tuple[Span, ...]]) -> None:
        self.string = string
        self.captures = captures
        self.captures[0] = (span,)

    def span(self, group: int = 0) -> Span:
        """Start and end of the last capture, (-1, -1) for none."""
        return self.captures[group][-1] if self.captures[group] else (-1, -1)

    def start(self, group: int = 0) -> int:
        """Start of the last capture."""
        return self.span(group)[0]

    def end(self, group: int = 0) -> int:
        """End of the last capture."""
        return self.span(group)[1]

    def group(self, group: int = 0) -> str | None:
        """Text of the last capture."""
        start, end = self.span(group)
        return None if start < 0 else self.string[start:end]


class Bounded:
    """A compiled expression with the methods of `re.Pattern` that this package uses.

    Args:
        text: The expression in Python's syntax, with `HERE` for ``\\G``.
        balances: For a balancing group its number and the number of the group whose capture it takes.
        same: For a group of a name that others have too, the number of the first of them.
        backwards: Whether to match from right to left.
    """

    def __init__(
        self, text: str, balances: dict[int, int], same: dict[int, int], backwards: bool = False
    ) -> None:
        tree = _PARSER.parse(text)
        self.flags = int(tree.state.flags) & ~re.UNICODE.value
        self.groups = int(tree.state.groups)
        self.balances = balances
        self.same = same
        self.backwards = backwards
        self.code: list[Instruction] = []
        self._sequence(tree, self.flags, backwards)
        self.code.append(("match",))

    # Compiling -----------------------------------------------------------------------------------------------

    def _add(self, *parts: Any) -> int:
        self.code.append(parts)
        return len(self.code) - 1

    def _sequence(self, nodes: Any, flags: int, back: bool) -> None:
        for kind, value in reversed(list(nodes)) if back else nodes:
            name = str(kind)
            if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
                self._letter(name, value, flags, back)
            else:
                getattr(self, "_" + name.lower())(value, flags, back)

    def _letter(self, name: str, value: Any, flags: int, back: bool) -> None:
        if name == "LITERAL" and chr(value) == HERE:
            self._add("here")
            return
        self._add("back" if back else "char", tester(leaf(name, value), flags))

    def _at(self, value: Any, flags: int, back: bool) -> None:
        text = {
            "AT_BEGINNING": "^", "AT_BEGINNING_STRING": r"\A", "AT_BOUNDARY": r"\b", "AT_NON_BOUNDARY": r"\B",
            "AT_END": "$", "AT_END_STRING": r"\Z",
        }[str(value)]  # fmt: skip
        self._add("at", tester(text, flags))

    def _branch(self, value: Any, flags: int, back: bool) -> None:
        ends = []
        branches = value[1]
        for branch in branches[:-1]:
            split = self._add("split", 0, 0)
            self._sequence(branch, flags, back)
            ends.append(self._add("jump", 0))
            self.code[split] = ("split", split + 1, len(self.code))
        self._sequence(branches[-1], flags, back)
        for end in ends:
            self.code[end] = ("jump", len(self.code))

    def _subpattern(self, value: Any, flags: int, back: bool) -> None:
        group, added, removed, body = value
        inner = (flags | int(added)) & ~int(removed)
        if group is None:
            self._sequence(body, inner, back)
            return
        self._add("open", group)
        self._sequence(body, inner, back)
        if group in self.balances:
            self._add("balance", group, self.same.get(group, group), self.balances[group])
        else:
            self._add("close", group, self.same.get(group, group))

    def _max_repeat(self, value: Any, flags: int, back: bool) -> None:
        self._repeat(value, flags, back, True)

    def _min_repeat(self, value: Any, flags: int, back: bool) -> None:
        self._repeat(value, flags, back, False)

    def _repeat(self, value: Any, flags: int, back: bool, greedy: bool) -> None:
        low, high, body = value
        if len(body) == 1 and str(body[0][0]) in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            name, given = str(body[0][0]), body[0][1]
            if not (name == "LITERAL" and chr(given) == HERE):
                limit = None if high == _PARSER.MAXREPEAT else int(high)
                test = tester(leaf(name, given), flags)
                self._add("run", test, int(low), limit, back, greedy)
                return
        start = self._add("enter")
        loop = self._add("loop", int(low), None if high == _PARSER.MAXREPEAT else int(high), greedy, 0)
        self._sequence(body, flags, back)
        self._add("jump", loop)
        self.code[loop] = (*self.code[loop][:4], len(self.code))
        self._add("leave")
        assert start + 1 == loop

    def _possessive_repeat(self, value: Any, flags: int, back: bool) -> None:
        self._sub("atomic", [(_PARSER.MAX_REPEAT, value)], flags, back)

    def _atomic_group(self, value: Any, flags: int, back: bool) -> None:
        self._sub("atomic", value, flags, back)

    def _assert(self, value: Any, flags: int, back: bool) -> None:
        self._sub("ahead", value[1], flags, value[0] < 0)

    def _assert_not(self, value: Any, flags: int, back: bool) -> None:
        self._sub("not ahead", value[1], flags, value[0] < 0)

    def _failure(self, value: Any, flags: int, back: bool) -> None:
        self._add("fail")

    def _sub(self, what: str, body: Any, flags: int, back: bool) -> None:
        at = self._add(what, 0)
        self._sequence(body, flags, back)
        self._add("match")
        self.code[at] = (what, len(self.code))

    def _groupref(self, value: Any, flags: int, back: bool) -> None:
        self._add("same", self.same.get(value, value), back, bool(flags & re.IGNORECASE))

    def _groupref_exists(self, value: Any, flags: int, back: bool) -> None:
        group, yes, no = value
        test = self._add("has", self.same.get(group, group), 0)
        self._sequence(yes, flags, back)
        end = self._add("jump", 0)
        self.code[test] = ("has", self.code[test][1], len(self.code))
        self._sequence(no or [], flags, back)
        self.code[end] = ("jump", len(self.code))

    # Matching ------------------------------------------------------------------------------------------------

    def search(self, text: str, start: int | None = None) -> BoundedMatch | None:
        """The first match from a position on (from its end, and back, when matching backwards)."""
        run = _Run(self, text)
        if self.backwards:
            first = len(text) if start is None else start
            places = range(first, -1, -1)
        else:
            first = start or 0
            places = range(first, len(text) + 1)
        run.here = first
        for place in places:
            end = run.at(place)
            if end is not None:
                return run.match((min(place, end), max(place, end)), self.same)
        return None

    def finditer(self, text: str, start: int | None = None) -> Iterator[BoundedMatch]:
        """All matches, one behind the other in the direction of matching."""
        found = self.search(text, start)
        while found is not None:
            yield found
            left, right = found.span()
            step = 0 if right > left else 1
            place = left - step if self.backwards else right + step
            if not 0 <= place <= len(text):
                return
            found = self.search(text, place)


class _Run:
    """One search: the text, what is captured so far, and the steps that are left."""

    def __init__(self, pattern: Bounded, text: str) -> None:
        self.pattern = pattern
        self.code = pattern.code
        self.text = text
        self.here = 0
        self.left = STEPS + STEPS_PER_CHARACTER * len(text)
        self.captures: list[tuple[Span, ...]] = []
        self.opened: list[int] = []
        self.loops: tuple[Any, ...] = ()

    def at(self, place: int) -> int | None:
        """Where a match that begins at a place ends, or None."""
        self.captures = [()] * self.pattern.groups
        self.opened = [-1] * self.pattern.groups
        self.loops = ()
        return self.run(0, place)

    def match(self, span: Span, same: dict[int, int]) -> BoundedMatch:
        """The match, where groups of one name share their captures."""
        captures = list(self.captures)
        for group, first in same.items():
            captures[group] = captures[first] if first >= 0 else ()
        return BoundedMatch(self.text, span, captures)

    def run(self, pc: int, place: int) -> int | None:
        """Runs from an instruction to its ``match``; gives the place reached."""
        code, text, size = self.code, self.text, len(self.text)
        stack: list[tuple[Any, ...]] = []
        while True:
            self.left -= 1
            if self.left < 0:
                raise TooManySteps
            one = code[pc]
            what = one[0]
            ok = True
            pc += 1
            if what == "char":
                ok = place < size and one[1](text, place)
                place += 1
            elif what == "run":
                ok, place = self._letters(one, place, pc, stack)
            elif what == "split":
                stack.append((one[2], place, self.captures, self.opened, self.loops))
                pc = one[1]
            elif what == "jump":
                pc = one[1]
            elif what == "back":
                place -= 1
                ok = place >= 0 and one[1](text, place)
            elif what == "match":
                return place
            elif what == "loop":
                pc = self._loop(one, place, pc, stack)
            else:
                made = self._other(one, place, pc)
                if made is None:
                    ok = False
                else:
                    pc, place = made
            while not ok:
                if not stack:
                    return None
                top = stack.pop()
                if top[0] >= 0:
                    pc, place, self.captures, self.opened, self.loops = top
                    break
                made = self._again(top, stack)  # a run of letters, one letter shorter or longer
                if made is not None:
                    pc, place = made
                    break

    def _letters(self, one: Instruction, place: int, pc: int, stack: list[Any]) -> tuple[bool, int]:
        _, test, low, high, back, greedy = one
        text, size = self.text, len(self.text)
        count, at = 0, place
        limit = high if greedy else low
        while limit is None or count < limit:
            if back:
                if at <= 0 or not test(text, at - 1):
                    break
                at -= 1
            else:
                if at >= size or not test(text, at):
                    break
                at += 1
            count += 1
        self.left -= count
        if count < low:
            return False, place
        state = (self.captures, self.opened, self.loops)
        if greedy and count > low:
            stack.append((-1, pc, at, count - low, -1 if back else 1, None, state))
        elif not greedy and (high is None or high > low):
            stack.append((-2, pc, at, None if high is None else high - low, -1 if back else 1, test, state))
        return True, at

    def _again(self, top: tuple[Any, ...], stack: list[Any]) -> tuple[int, int] | None:
        kind, pc, at, rest, step, test, state = top
        self.captures, self.opened, self.loops = state
        if kind == -1:
            at -= step
            if rest > 1:
                stack.append((-1, pc, at, rest - 1, step, None, state))
            return pc, at
        before = at if step > 0 else at - 1
        if not 0 <= before < len(self.text) or not test(self.text, before):
            return None
        at += step
        if rest is None or rest > 1:
            stack.append((-2, pc, at, None if rest is None else rest - 1, step, test, state))
        return pc, at

    def _loop(self, one: Instruction, place: int, pc: int, stack: list[Any]) -> int:
        _, low, high, greedy, out = one
        outer, count, last = self.loops
        if count > low and place == last:  # an empty turn ends the loop
            return int(out)
        if count < low:
            self.loops = (outer, count + 1, place)
            return pc
        if high is not None and count >= high:
            return int(out)
        inside = (outer, count + 1, place)
        if greedy:
            stack.append((out, place, self.captures, self.opened, self.loops))
            self.loops = inside
            return pc
        stack.append((pc, place, self.captures, self.opened, inside))
        return int(out)

    def _other(self, one: Instruction, place: int, pc: int) -> tuple[int, int] | None:
        what = one[0]
        if what == "at":
            return (pc, place) if one[1](self.text, place) else None
        if what == "open":
            self.opened = [*self.opened]
            self.opened[one[1]] = place
        elif what == "close":
            self._capture(one[2], (min(self.opened[one[1]], place), max(self.opened[one[1]], place)))
        elif what == "balance":
            return self._balance(one, place, pc)
        elif what == "enter":
            self.loops = (self.loops, 0, -1)
        elif what == "leave":
            self.loops = self.loops[0]
        elif what == "here":
            return (pc, place) if place == self.here else None
        elif what == "same":
            return self._same(one, place, pc)
        elif what == "has":
            return (pc if self.captures[one[1]] else one[2]), place
        elif what in ("ahead", "not ahead", "atomic"):
            return self._inner(one, place, pc)
        else:
            return None
        return pc, place

    def _capture(self, group: int, span: Span) -> None:
        self.captures = [*self.captures]
        self.captures[group] = (*self.captures[group], span)

    def _balance(self, one: Instruction, place: int, pc: int) -> tuple[int, int] | None:
        _, group, own, other = one
        if not self.captures[other]:
            return None
        taken = self.captures[other][-1]
        self.captures = [*self.captures]
        self.captures[other] = self.captures[other][:-1]
        if own >= 0:
            start, end = sorted((self.opened[group], place))
            if start >= taken[1]:
                end, start = start, taken[1]
            elif end <= taken[0]:
                start, end = end, taken[0]
            else:
                start, end = max(start, taken[0]), min(end, taken[1])
            self._capture(own, (start, end))
        return pc, place

    def _same(self, one: Instruction, place: int, pc: int) -> tuple[int, int] | None:
        _, group, back, ignore = one
        if not self.captures[group]:
            return None
        start, end = self.captures[group][-1]
        wanted = self.text[start:end]
        first = place - len(wanted) if back else place
        found = self.text[max(first, 0) : first + len(wanted)] if first >= 0 else None
        if found is None or (found.lower() != wanted.lower() if ignore else found != wanted):
            return None
        return pc, first if back else first + len(wanted)

    def _inner(self, one: Instruction, place: int, pc: int) -> tuple[int, int] | None:
        captures, opened, loops = self.captures, self.opened, self.loops
        end = self.run(pc, place)
        self.loops = loops
        if one[0] == "not ahead" or end is None:
            self.captures, self.opened = captures, opened
        if one[0] == "not ahead":
            return (one[1], place) if end is None else None
        if end is None:
            return None
        return one[1], (end if one[0] == "atomic" else place)
