"""Time and memory of a compilation as the organization grows ten and a hundred times: `python -m tests.bench.compile_scale`.

Each size is compiled in a process of its own; memory is the process's largest resident size, Python and libraries
included.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping

from tests.compile.random_plans import plan_bytes
from tests.compile.random_shapes import Shape, SiteShape

SITES = 2
TIMES = (1, 10, 100)


def shape(times: int) -> Shape:
    """An organization of `2 * times` sites, every other one Internet-facing, with split roles."""
    outer = SiteShape(old=2, new=1, facing=True, batches=2, connectors=1)
    inner = SiteShape(old=2, new=1, batches=2)
    return Shape(sites=(outer, inner) * times, later_sites="after-pilot", mailboxes=5)


def measure(times: int) -> dict[str, float]:
    """Load and compile one size; seconds, mebibytes and counts."""
    from exmigrate.catalog import load_catalog
    from exmigrate.compile import compile_plan
    from exmigrate.plan import load

    catalog = load_catalog("")
    raw = plan_bytes(shape(times))
    compile_plan(_topology(load(plan_bytes(shape(1)), "plan.yaml")), catalog)  # expressions are compiled once
    started = time.process_time()
    topology = _topology(load(raw, "plan.yaml"))
    loaded = time.process_time()
    change = compile_plan(topology, catalog).change
    done = time.process_time()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "load": loaded - started,
        "compile": done - loaded,
        "MiB": after / 1024,
        "steps": len(change.steps),
        "needs": sum(len(s.needs) for s in change.steps),
        "rows": len(change.coexistence),
    }


def _topology(result: object) -> object:
    topology = getattr(result, "topology", None)
    assert topology is not None, [str(p) for p in getattr(result, "problems", ())][:3]
    return topology


def _in_a_process(times: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.compile_scale", str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _line(times: int, found: Mapping[str, float], one: Mapping[str, float]) -> str:
    ratios = [f"{found[k] / max(one[k], 0.001):8.1f}x" for k in ("load", "compile", "MiB", "steps", "needs")]
    figures = (
        f"{found['load']:7.2f} s {found['compile']:8.2f} s {found['MiB']:8.0f} MiB {found['steps']:7.0f}"
    )
    return f"{SITES * times:6} sites {figures} steps   " + "".join(ratios)


def main(sizes: tuple[int, ...] = TIMES) -> None:
    """Print a line a size, and how it stands to the smallest."""
    print(
        "            load     compile       memory                      load  compile   memory    steps    needs"
    )
    one = _in_a_process(sizes[0])
    for times in sizes:
        print(_line(times, one if times == sizes[0] else _in_a_process(times), one), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
