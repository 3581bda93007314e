"""The reference pages of the language and of the rules, generated from the models and from the table.

`python -m exmigrate.plan.reference docs` writes them; a test holds the files to what this would write.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from .document import json_schema
from .rules import rules
from .rules.table import Rule
from .schema import PlanDocument, Refers, Unsupported
from .schema.types import Written

BEGIN = "<!-- generated from the models: begin -->"
END = "<!-- generated from the models: end -->"
_TRANSITIONS = "A 2000/2003 to 2007, B 2003 to 2010, C 2007 to 2010, D 2003 and 2007 to 2010"


def keys_markdown() -> str:
    """All keys of a plan, one table a mapping."""
    return "\n".join(_sections())


def rules_markdown() -> str:
    """All rules, one table a family."""
    out = [
        "# The rules of coexistence",
        "",
        "Generated from `src/exmigrate/plan/rules/table.yaml`. An *error* refuses the plan, a *warning* wants a waiver "
        "or a deed, an *info* is printed. Rules on the plan are judged when it is loaded, those on the graph when it "
        "is compiled, those on the inventory from what `exmigrate discover` found. Where no plan, graph or inventory can "
        "show the case, *on* says build (the step kinds are made so that it cannot be) or person, and *remedy* what "
        "covers it.",
        "",
        f"Transitions: {_TRANSITIONS}. Rules marked with a lock cannot be waived. A waiver names rule, person, date "
        "and reason:",
        "",
        "```yaml",
        "policy:",
        "  waivers:",
        "    - {rule: TOP-024, who: M. Keller, date: 2011-03-02, reason: A DAG follows in CHG-2011-0310.}",
        "```",
        "",
    ]
    family = ""
    for rule in rules().values():
        if rule.id.partition("-")[0] != family:
            family = rule.id.partition("-")[0]
            out += [
                f"## {family}",
                "",
                "| rule | severity | on | for | when | what it means | remedy |",
                "|---|---|---|---|---|---|---|",
            ]
        out.append(_rule_row(rule))
        if rule.id == _last(family):
            out.append("")
    return "\n".join(out).rstrip() + "\n"


def _last(family: str) -> str:
    return [r for r in rules() if r.startswith(f"{family}-")][-1]


def _rule_row(rule: Rule) -> str:
    lock = "" if rule.waivable else " \N{LOCK}"
    cells = (
        f"{rule.id}{lock}",
        rule.severity,
        rule.where,
        " ".join(rule.plans),
        rule.when,
        rule.message,
        rule.remedy or rule.covered,
    )
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def _sections() -> Iterator[str]:
    done: set[type[BaseModel]] = set()
    queue: list[tuple[str, type[BaseModel]]] = [("", PlanDocument)]
    while queue:
        path, model = queue.pop(0)
        if model in done:
            continue
        done.add(model)
        yield f"### {f'`{path}`' if path else 'The plan'}"
        yield ""
        yield (model.__doc__ or "").strip().splitlines()[0]
        yield ""
        yield "| key | what | value | default |"
        yield "|---|---|---|---|"
        for name, info in model.model_fields.items():
            key = info.alias or name
            yield f"| `{key}` | {info.description} | {_value(info)} | {_default(info)} |"
            inner = _model(info.annotation)
            if inner is not None:
                mark = {"list": "[]", "dict": ".<name>"}.get(_container(info.annotation), "")
                queue.append((f"{path}.{key}{mark}".lstrip("."), inner))
        yield ""


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(get_args(annotation)[0])
    return annotation


def _container(annotation: Any) -> str:
    return getattr(get_origin(_bare(annotation)), "__name__", "")


def _model(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    if get_origin(bare) in (list, dict):
        return _model(get_args(bare)[-1])
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _value(info: FieldInfo) -> str:
    return _said(info.annotation, tuple(info.metadata))


def _said(annotation: Any, marks: tuple[Any, ...]) -> str:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _said(inner, (*marks, *more))
    if get_origin(annotation) in (Union, UnionType):
        return _said(get_args(annotation)[0], marks)
    if any(isinstance(m, Unsupported) for m in marks):
        return "refused in this version"
    refers = [k for m in marks if isinstance(m, Refers) for k in m.kinds]
    if refers:
        return f"name of a {' or '.join(refers)}"
    told = [m.json_schema for m in marks if isinstance(m, Written | WithJsonSchema)]
    if told and told[0] and "description" in told[0]:
        return str(told[0]["description"])
    origin = get_origin(annotation)
    if origin is list:
        return f"list of: {_said(get_args(annotation)[0], ())}"
    if origin is dict:
        return f"by name: {_said(get_args(annotation)[-1], ())}"
    if origin is Literal:
        return ", ".join(f"`{a}`" if a != "" else "empty" for a in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping, below"
    return {str: "text", int: "number", bool: "`true`, `false`"}.get(annotation, "anything")


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel) or value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return ", ".join(f"`{v}`" for v in value if not isinstance(v, BaseModel)) or "one, as Windows has it"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return _quantity(info, value)


def _quantity(info: FieldInfo, value: object) -> str:
    said = _value(info)
    if said.startswith("Duration") and isinstance(value, int):
        return f"`{value // 86400}d`"
    if said.startswith("Size") and isinstance(value, int):
        return f"`{value >> 30}GB`" if value else "`0B`"
    return f"`{value}`"


def plan_page(page: str) -> str:
    """The page of the plan with its generated part renewed."""
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n\n{keys_markdown()}\n{END}{tail}"


def pages(docs: Path) -> Mapping[Path, str]:
    """Each generated file with the text that it should have."""
    plan = docs / "plan.md"
    return {
        plan: plan_page(plan.read_text("utf-8")),
        docs / "rules.md": rules_markdown(),
        docs / "plan.schema.json": json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }


def write(docs: Path) -> None:
    """Write the generated files."""
    for path, text in pages(docs).items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
