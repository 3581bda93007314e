"""Hypothesis strategies: scripts that parse mostly, and text that mostly does not."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["a", "b", "x", "_", "script:s", "global:g", "env:Path", "Error", "args", "null", "true", "h", "f"]
)
NUMBERS = st.sampled_from(["0", "1", "2", "-1", "7", "3.5", "1e3", "0x1F", "1kb", "2147483647", "5d", "9l"])
WORDS = st.sampled_from(
    ["'s'", '"d $x"', '"$($a)"', "''", "'1,2'", "'abc'.Length", "@()", "@(1,2)", "@{ k = 1 }", "{ $_ }", "[int]", "$null",
     "[string]", "@'\nhere\n'@", "'x'.ToUpper()", "[math]::Max(1,2)", "$x.Count", "$h['k']", "$a[0]"]
)  # fmt: skip
BINARY = st.sampled_from(
    ["+", "-", "*", "/", "%", "-eq", "-ne", "-lt", "-ge", "-like", "-match", "-replace", "-join", "-split", "-contains",
     "-and", "-or", "-xor", "-band", "-bor", "-f", "..", "-is", "-as", ",", "-ceq", "-notmatch"]
)  # fmt: skip
UNARY = st.sampled_from(
    ["-not ", "!", "-", "+", ",", "-join ", "-split ", "[int]", "[string]", "[bool]", "[array]", "++"]
)
COMMANDS = st.sampled_from(
    ["ForEach-Object", "Where-Object", "Write-Output", "Write-Error x", "Write-Warning w", "Get-Nope", "f", "g -a 1", "iex '1'",
     "Get-Variable x", "Set-Variable x 1", "Invoke-Command { 1 }", "Start-Job { 2 }", "Set-StrictMode -Version 2", "Get-Command",
     "New-Module { }", "Get-Alias", "Out-Null", "Write-Host h", "break", "continue", "return", "exit"]
)  # fmt: skip


def expressions() -> st.SearchStrategy[str]:
    """Expressions, some of them wrong."""
    leaf = st.one_of(NUMBERS, WORDS, NAMES.map(lambda name: "$" + name))

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, BINARY, inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
            st.tuples(UNARY, inner).map("".join),
            inner.map(lambda e: f"({e})"),
            inner.map(lambda e: f"$({e})"),
            inner.map(lambda e: f"@({e})"),
            inner.map(lambda e: f'"<$({e})>"'),
            st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        )

    return st.recursive(leaf, more, max_leaves=8)


def statements() -> st.SearchStrategy[str]:
    """Statements with loops that may not end by themselves."""
    expression = expressions()
    simple = st.one_of(
        expression,
        st.tuples(NAMES, st.sampled_from(["=", "+=", "-=", "*="]), expression).map(
            lambda t: f"${t[0]} {t[1]} {t[2]}"
        ),
        st.tuples(expression, COMMANDS, expression).map(lambda t: f"{t[0]} | {t[1]} {{ {t[2]} }}"),
        COMMANDS,
        expression.map(lambda e: f"throw {e}"),
        expression.map(lambda e: f"return {e}"),
    )

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        block = st.lists(inner, max_size=3).map("; ".join)
        return st.one_of(
            st.tuples(expression, block, block).map(lambda t: f"if ({t[0]}) {{ {t[1]} }} else {{ {t[2]} }}"),
            st.tuples(expression, block).map(lambda t: f"while ({t[0]}) {{ {t[1]} }}"),
            st.tuples(NAMES, expression, block).map(lambda t: f"foreach (${t[0]} in {t[1]}) {{ {t[2]} }}"),
            st.tuples(expression, block).map(lambda t: f"for ($i = 0; $i -lt {t[0]}; $i++) {{ {t[1]} }}"),
            st.tuples(block, block, block).map(
                lambda t: f"try {{ {t[0]} }} catch {{ {t[1]} }} finally {{ {t[2]} }}"
            ),
            st.tuples(expression, block).map(
                lambda t: f"switch ({t[0]}) {{ 1 {{ {t[1]} }} default {{ $_ }} }}"
            ),
            st.tuples(block, block).map(
                lambda t: f"function f {{ param($a, [int]$b = 1) {t[0]} }}; {t[1]}; f {{ 1 }}"
            ),
            block.map(lambda b: f"function f {{ process {{ {b} }} }}; 1,2 | f"),
            block.map(lambda b: f"trap {{ continue }}; {b}"),
            block.map(lambda b: f"& {{ {b} }}"),
            block.map(lambda b: f"do {{ {b} }} until ($i++ -gt 2)"),
        )

    return st.recursive(simple, more, max_leaves=10)


def programs() -> st.SearchStrategy[str]:
    """Whole scripts."""
    return st.lists(statements(), min_size=1, max_size=4).map("\n".join)


def soup() -> st.SearchStrategy[str]:
    """Pieces of PowerShell in no order."""
    pieces = st.sampled_from(
        [*list("(){}[];,|&.$@\"'`#<>=+-*/%!:\n \\?~^"), "$(", "@(", "@{", "${", "::", "..", "<#", "#>", "@'\n", "\n'@", '@"\n', '\n"@', "if", "else", "foreach", " in ", "switch", "function ", "param", "try", "catch", "class ", "enum ", "-eq", "-f", "$a", "1", "x", "begin", "process", "[int]", "--%", "2>&1", ">>", "&&", "||", "??", "data", "trap", ":l"]
    )  # fmt: skip
    return st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=40).map("".join)
