"""Lazy frames of polars: they are scored when they are collected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Model, OnError

__all__ = ["lazily"]


def lazily(model: Model, frame: Any, on_error: OnError, options: Mapping[str, Any]) -> Any:
    """Returns a lazy frame of the rows of another one, with predictions. Its columns are known at once."""
    import polars

    pl: Any = polars
    empty = pl.DataFrame(schema=frame.collect_schema())
    predict: Any = model.predict
    schema: Any = predict(empty, on_error=on_error, **options).schema

    def scored(part: Any) -> Any:
        return predict(part, on_error=on_error, **options)

    # The rows of a bad row would be numbered anew in each part of a stream.
    streamable = on_error != "raise"
    return frame.map_batches(scored, schema=schema, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False, streamable=streamable)
