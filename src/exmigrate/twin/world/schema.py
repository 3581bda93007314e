"""The little of the AD schema that searches depend on: class chains, categories, link pairs."""

import itertools
from collections.abc import Sequence
from functools import lru_cache

from exmigrate import facts
from exmigrate.twin.world import dn as names


@lru_cache(maxsize=1)
def _classes() -> dict[str, facts.DirectoryClass]:
    return {name.lower(): item for name, item in facts.directory_classes().items()}


@lru_cache(maxsize=1)
def _forward() -> dict[str, str]:
    return {forward.lower(): back.lower() for forward, back in facts.directory_links().items()}


@lru_cache(maxsize=1)
def _back() -> dict[str, str]:
    return {back: forward for forward, back in _forward().items()}


def class_chain(classes: Sequence[str]) -> list[str]:
    """The full class list of an object whose own class is the last of ``classes``, top first."""
    own = classes[-1]
    known = _classes().get(own.lower())
    middle = list(known.parents) if known else [name for name in classes[:-1] if name != "top"]
    return ["top", *middle, known.name if known else own]


def is_category_of(class_name: str) -> str:
    """The CN of the class's default category in the schema: ``user`` gives ``Person``."""
    known = _classes().get(class_name.lower())
    if known is None:
        return _derived_cn(class_name)
    if known.category:
        return _classes()[known.category.lower()].cn
    return known.cn


def category_name(category_dn: str) -> str:
    """The class name a category DN stands for in filters: ``CN=Person,CN=Schema,…`` gives ``person``."""
    cn = names.rdn_value(category_dn).lower()
    for name, item in _classes().items():
        if item.cn.lower() == cn:
            return name
    return cn.replace("-", "")


def _derived_cn(class_name: str) -> str:
    # msExchFooBar -> ms-Exch-Foo-Bar: the naming rule of Microsoft's schema objects
    out = [class_name[0]]
    for before, character in itertools.pairwise(class_name):
        if character.isupper() and before.islower():
            out.append("-")
        out.append(character)
    return "".join(out)


def backlink_of(lowered: str, forward: bool = False) -> str | None:
    """The other half of a link pair.

    Args:
        lowered: attribute name in lower case.
        forward: True asks for the back-link of a forward attribute, else for the forward one of a back-link.
    """
    return (_forward() if forward else _back()).get(lowered)


def is_large_integer(name: str) -> bool:
    """Whether ADSI hands the attribute out as a LargeInteger object."""
    return name.lower() in facts.large_integer_attributes()
