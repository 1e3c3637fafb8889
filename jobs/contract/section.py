"""What every section of the settings is: frozen, closed to unknown fields, described by its docstrings."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _several(value: Any) -> Any:  # noqa: ANN401 - whatever a user wrote
    return value if isinstance(value, tuple | list) else (value,)


Value = TypeVar("Value")
Several = Annotated[tuple[Value, ...], BeforeValidator(_several)]
"""A tuple that may be given as its one value: ``NIGHTSHELF_ALS__RANK=32`` tries nothing but 32."""


class Section(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
