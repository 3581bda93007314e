"""Small catalogs over a real topology, so that one rule of compilation can be looked at alone."""

from exmigrate.catalog import Catalog, Transition, parse_kind
from exmigrate.catalog.loader import TransitionPhase
from exmigrate.compile import Compiled, compile_plan
from exmigrate.model import PHASES, Topology

FUNCTIONS = "function Check { param($a) }\nfunction Apply { param($a) }\nfunction Verify { param($a) }\n"
LIBRARIES = {
    name: f"# {name}\n" for name in ("result", "shell-e07", "shell-e10", "shell-edge-e10", "directory")
}


def catalog(**kinds: str) -> Catalog:
    """A catalog of kinds; each keyword is `phase__kind_id` and its value the front matter."""
    parsed = {}
    for name, matter in kinds.items():
        phase, _, id = name.replace("_", "-").partition("--")
        text = f"<#\n{matter}\n#>\n" + ("" if "closes: person" in matter else FUNCTIONS)
        parsed[id] = parse_kind(text, id=id, phase=phase, file=f"{phase}/{id}.ps1")
    phases = tuple(
        TransitionPhase(p, p.title(), tuple(k.id for k in parsed.values() if k.phase == p)) for p in PHASES
    )
    to_2010 = Transition((("2007",), ("2003",), ("2003", "2007")), "2010", phases, "small.yaml")
    to_2007 = Transition((("2003",),), "2007", phases, "small.yaml")
    return Catalog(parsed, LIBRARIES, (to_2010, to_2007))


def compiled(topology: Topology, **kinds: str) -> Compiled:
    """A topology compiled with such a catalog."""
    return compile_plan(topology, catalog(**kinds))
