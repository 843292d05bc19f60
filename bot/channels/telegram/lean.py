"""aiogram, imported without what nobody asks it for.

At its import it builds a validator for each of the 440 types of the Bot API, most of them holding most of the others: 4 s of
the processor and 105 MB; those of its 230 methods take 0.2 s more. We validate an ``Update``, whose validator holds all
that can come in, and a handful of methods.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict

LIBRARY = "aiogram."


@contextmanager
def building_later() -> Iterator[None]:
    """While this is open, models of aiogram's are built neither when they are made nor when it says so. What is used is built by :func:`built`, or by
    pydantic itself at its first use, where it names nothing but plain types."""
    building = BaseModel.__dict__["model_rebuild"]

    def unless_theirs(model: type[BaseModel], /, **more: Any) -> bool | None:
        if model.__module__.startswith(LIBRARY):
            return None
        more["_parent_namespace_depth"] = more.get("_parent_namespace_depth", 2) + 1  # who asked stands one call further away
        return bool(building.__func__(model, **more))

    usual = BaseModel.model_config
    BaseModel.model_rebuild = classmethod(unless_theirs)  # type: ignore[assignment, method-assign]
    BaseModel.model_config = ConfigDict(defer_build=True)
    try:
        yield
    finally:
        BaseModel.model_rebuild = building  # type: ignore[method-assign]
        BaseModel.model_config = usual


def built(models: Iterable[type[BaseModel]], names: Mapping[str, Any]) -> None:
    """Build models whose annotations are found among those names."""
    for model in models:
        model.model_rebuild(_types_namespace=dict(names))
