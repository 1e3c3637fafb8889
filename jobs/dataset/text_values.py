"""Values of any Arrow type as text, so that one set of rules types every format alike."""

import json
import re

import pyarrow as pa
import pyarrow.compute as pc

REPLACEMENT = "\ufffd"
_SURROGATES = re.compile("[\ud800-\udfff]")
_INTEGER_OF_BITS = {32: pa.int32(), 64: pa.int64()}
_EXACT_INTEGERS = float(1 << 53)  # Every whole float below is the integer that it looks like.


def text_array(values: list[str | None]) -> tuple[pa.Array, list[int]]:
    """Return texts as an Arrow array, and the positions whose invalid UTF-8 was replaced by U+FFFD.

    Args:
        values: Texts decoded with ``surrogateescape``; what was no UTF-8 stands in them as lone surrogates.
    """
    try:
        return pa.array(values, pa.string()), []
    except UnicodeEncodeError:
        mended = [value and _SURROGATES.sub(REPLACEMENT, value) for value in values]
        replaced = [i for i, (old, new) in enumerate(zip(values, mended, strict=True)) if old != new]
        return pa.array(mended, pa.string()), replaced


def json_text(value: object) -> str | None:
    """Return a JSON value as text: whole numbers without a point, lists and objects as JSON, null as None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict), default=str)


def arrow_text(values: pa.Array, *, keep_nan: bool = False) -> tuple[pa.Array, list[int]]:
    """Return an Arrow array of any type as string[n], and the positions whose invalid UTF-8 was replaced.

    Whole floats lose their point (77.0 is the id "77"); times with a zone become UTC with a ``Z``, times without stay
    without; lists, maps and structs become JSON.

    Args:
        values: Any type.
        keep_nan: Whether NaN becomes the text "NaN" rather than null, as it does for identifiers.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return arrow_text(values.cast(kind.value_type), keep_nan=keep_nan)
    if _is_binary(kind):
        return _checked_utf8(values)
    if pa.types.is_floating(kind):
        return _float_text(values.cast(pa.float64()), keep_nan=keep_nan), []
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(values.cast(pa.string()), r"\.0+$", ""), []
    if pa.types.is_timestamp(kind):
        micros = values.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
        return micros.cast(pa.string()), []
    if pa.types.is_nested(kind):
        return pa.array([json_text(_as_json(value, kind)) for value in values.to_pylist()], pa.string()), []
    return values.cast(pa.string()), []


def exact_text(values: pa.Array) -> pa.Array:
    """Return an Arrow array of any type as string[n] that tells its values apart, to be compared and not to be read."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return exact_text(values.cast(kind.value_type))
    if _is_binary(kind):
        found = values.cast(pa.binary()).to_pylist()
        return pa.array([None if value is None else value.decode("utf-8", "backslashreplace") for value in found])
    if pa.types.is_temporal(kind) and kind.bit_width in _INTEGER_OF_BITS:
        return values.view(_INTEGER_OF_BITS[kind.bit_width]).cast(pa.string())  # Python's own times end with 9999.
    if pa.types.is_nested(kind) or not pa.types.is_primitive(kind):
        return pa.array([None if value is None else repr(value) for value in values.to_pylist()], pa.string())
    return values.cast(pa.string())


def _is_binary(kind: pa.DataType) -> bool:
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    views = (pa.types.is_string_view, pa.types.is_binary_view, pa.types.is_fixed_size_binary)
    return any(check(kind) for check in (*checks, *views))


def _checked_utf8(values: pa.Array) -> tuple[pa.Array, list[int]]:
    raw = values.cast(pa.binary())
    try:
        return raw.cast(pa.string()), []  # Arrow checks that it is UTF-8.
    except pa.ArrowInvalid:
        decoded = [value and value.decode("utf-8", "surrogateescape") for value in raw.to_pylist()]
        return text_array([None if value is None else value or "" for value in decoded])


def _float_text(values: pa.Array, *, keep_nan: bool) -> pa.Array:
    whole = pc.and_(pc.equal(pc.trunc(values), values), pc.less(pc.abs(values), _EXACT_INTEGERS))
    integers = pc.if_else(pc.fill_null(whole, False), values, 0.0).cast(pa.int64()).cast(pa.string())
    floats = pc.if_else(pc.is_nan(values), "NaN" if keep_nan else None, values.cast(pa.string()))
    return pc.if_else(
        pc.is_null(values), pa.scalar(None, pa.string()), pc.if_else(pc.fill_null(whole, False), integers, floats)
    )


def _as_json(value: object, kind: pa.DataType) -> object:
    return dict(value) if pa.types.is_map(kind) and isinstance(value, list) else value
