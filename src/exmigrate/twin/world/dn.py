"""Distinguished names: splitting, escaping and comparing them."""

from functools import lru_cache


def split(dn: str) -> list[str]:
    r"""Split a DN at its unescaped commas: ``CN=a\,b,DC=c`` gives ``['CN=a\\,b', 'DC=c']``."""
    return list(_parts(dn))


@lru_cache(maxsize=65536)
def _parts(dn: str) -> tuple[str, ...]:
    if "\\" not in dn and '"' not in dn:
        return tuple(part.strip() for part in dn.split(",")) if dn else ()
    parts: list[str] = []
    current: list[str] = []
    escaped = quoted = False
    for character in dn:
        if escaped:
            current.append(character)
            escaped = False
        elif character == "\\":
            current.append(character)
            escaped = True
        elif character == '"':
            quoted = not quoted
            current.append(character)
        elif character == "," and not quoted:
            parts.append("".join(current).strip())
            current = []
        else:
            current.append(character)
    if current or parts:
        parts.append("".join(current).strip())
    return tuple(parts)


@lru_cache(maxsize=65536)
def key(dn: str) -> str:
    """The form two spellings of one DN share."""
    parts = []
    for part in split(dn):
        name, _, value = part.partition("=")
        parts.append(f"{name.strip().lower()}={unescape(value.strip()).lower()}".replace(",", "\\,"))
    return ",".join(parts)


@lru_cache(maxsize=65536)
def parent(dn: str) -> str:
    """The DN one level up; empty at the top."""
    return ",".join(split(dn)[1:])


@lru_cache(maxsize=65536)
def rdn_value(dn: str) -> str:
    """The plain value of the leftmost part: ``CN=a\\,b,…`` gives ``a,b``."""
    parts = split(dn)
    return unescape(parts[0].partition("=")[2]) if parts else ""


@lru_cache(maxsize=65536)
def rdn_attribute(dn: str) -> str:
    """The attribute of the leftmost part, such as ``CN``."""
    parts = split(dn)
    return parts[0].partition("=")[0] if parts else ""


def escape(value: str) -> str:
    """Escape a value for use in a DN."""
    escaped = "".join("\\" + c if c in ',+"\\<>;=' else c for c in value)
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    return escaped[:-1] + "\\ " if escaped.endswith(" ") and len(escaped) > 1 else escaped


def unescape(value: str) -> str:
    """Undo `escape`; two hex digits after a backslash are a byte."""
    out: list[str] = []
    index = 0
    while index < len(value):
        if value[index] == "\\" and index + 1 < len(value):
            pair = value[index + 1 : index + 3]
            if len(pair) == 2 and all(c in "0123456789abcdefABCDEF" for c in pair):
                out.append(chr(int(pair, 16)))
                index += 3
                continue
            out.append(value[index + 1])
            index += 2
            continue
        out.append(value[index])
        index += 1
    return "".join(out)


def child(rdn_name: str, value: str, above: str) -> str:
    """Build a DN from a plain value below ``above``."""
    return f"{rdn_name}={escape(value)},{above}"


def is_below(candidate: str, base: str) -> bool:
    """Whether ``candidate`` is ``base`` or lies under it (both as `key` forms)."""
    return candidate == base or base == "" or candidate.endswith("," + base)


def domain_dn(dns_name: str) -> str:
    """``contoso.com`` gives ``DC=contoso,DC=com``."""
    return ",".join(f"DC={label}" for label in dns_name.split("."))


def dns_name(domain: str) -> str:
    """``DC=contoso,DC=com`` gives ``contoso.com``."""
    return ".".join(part.partition("=")[2] for part in split(domain) if part[:3].upper() == "DC=").lower()


@lru_cache(maxsize=65536)
def canonical_name(dn: str) -> str:
    """``CN=a,OU=b,DC=c,DC=d`` gives ``c.d/b/a``."""
    parts = split(dn)
    labels = [p.partition("=")[2] for p in parts if p[:3].upper() == "DC="]
    above = [unescape(p.partition("=")[2]) for p in parts if p[:3].upper() != "DC="]
    return "/".join([".".join(labels), *reversed(above)])
