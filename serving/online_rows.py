"""Users' rows read through Feast's own online store, without the Python that ``get_online_features`` adds to a request.

``online_read`` is the method that every Feast online store implements. The release's registry is parsed once, from
the bytes that were verified: Feast's FeatureStore would keep refreshing it.
"""

import contextlib
import sqlite3
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from feast import FeatureView, RepoConfig
from feast.infra.online_stores.helpers import get_online_store_from_config
from feast.protos.feast.core.Registry_pb2 import Registry
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from redis.exceptions import RedisError

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config
from jobs.contract.release import REGISTRY
from jobs.contract.tables import USER_ID, USER_RECOMMENDATIONS

REDIS_TIMEOUT_SECONDS = 0.1
PAUSE_SECONDS = 1.0
"""After a fault the store is left alone for so long: a dead one must not cost every request its timeout."""
_FEATURES = ("item_ids", "scores", "sources", "reasons", "evidence_first", "evidence_second")
# Null switches redis-py's own retries off: they sleep for seconds.
_REDIS_OPTIONS = f"socket_timeout={REDIS_TIMEOUT_SECONDS},socket_connect_timeout={REDIS_TIMEOUT_SECONDS},retry=null"
log = structlog.get_logger()


class StoreError(Exception):
    """The online store did not answer, or answered with something that is not a row."""


class UserRow(NamedTuple):
    """A user's list as it was published, best first; the sequences run parallel."""

    item_ids: Sequence[str]
    scores: Sequence[float]
    sources: Sequence[int]
    reasons: Sequence[str]
    evidence_first: Sequence[str]
    evidence_second: Sequence[str]


class OnlineRows:
    """The online rows of one release; the connection is closed when the last reference to this is gone."""

    def __init__(self, config: RepoConfig, view: FeatureView, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._view = view
        self._store = get_online_store_from_config(config.online_store)
        self._clock = clock
        self._paused_until = 0.0
        weakref.finalize(self, _close, self._store)

    def read(self, user_ids: Sequence[str]) -> list[UserRow | None]:
        """Return each user's row, None where there is none.

        Args:
            user_ids: At least one; any text but lone surrogates.

        Raises:
            StoreError: If the store does not answer, or did not a moment ago.
        """
        if self._clock() < self._paused_until:
            raise StoreError("The online store failed a moment ago.")
        keys = [EntityKey(join_keys=[USER_ID], entity_values=[Value(string_val=user_id)]) for user_id in user_ids]
        try:
            # A fresh list each time: the Redis store appends to it.
            answers = self._store.online_read(self._config, self._view, keys, list(_FEATURES))
        except (sqlite3.Error, RedisError, OSError, DecodeError) as error:
            self._paused_until = self._clock() + PAUSE_SECONDS
            log.warning("online store failed", error=f"{type(error).__name__}: {error}", pause_seconds=PAUSE_SECONDS)
            raise StoreError(str(error)) from error
        return [_row_of(values) for _, values in answers]


def open_rows(folder: Path, online_store: str) -> OnlineRows:
    """Return the online rows of the verified release in ``folder``.

    Args:
        folder: The release's folder.
        online_store: ``sqlite`` or ``redis://...``.

    Raises:
        ReleaseError: If the registry is not one, or does not hold the view of user lists.
    """
    values = feast_config(folder, online_store, offline_store="dask")
    if values["online_store"]["type"] == "redis":
        values["online_store"]["connection_string"] += f",{_REDIS_OPTIONS}"
    config = RepoConfig(**values)
    return OnlineRows(config, _view_in(folder / REGISTRY, USER_RECOMMENDATIONS.name))


def _view_in(path: Path, name: str) -> FeatureView:
    registry = Registry()
    try:
        registry.ParseFromString(path.read_bytes())
    except (DecodeError, OSError) as error:
        raise ReleaseError(f"{path} is not a Feast registry: {error}.") from None
    views = {view.spec.name: view for view in registry.feature_views}
    if name not in views:
        raise ReleaseError(f"{path} holds views {sorted(views)}, expected {name!r} among them.")
    return FeatureView.from_proto(views[name])


def _row_of(values: dict[str, Any] | None) -> UserRow | None:
    # SQLite answers None for an unknown user, Redis a row of nulls: the value tells, not the status.
    if values is None or "item_ids" not in values or values["item_ids"].WhichOneof("val") is None:
        return None
    try:
        row = UserRow(
            list(values["item_ids"].string_list_val.val),
            values["scores"].float_list_val.val,
            values["sources"].int32_list_val.val,
            values["reasons"].string_list_val.val,
            values["evidence_first"].string_list_val.val,
            values["evidence_second"].string_list_val.val,
        )
    except KeyError as error:
        raise StoreError(f"A row has no {error}.") from None
    lengths = {len(column) for column in row}
    if len(lengths) > 1:
        raise StoreError(f"A row holds lists of lengths {sorted(lengths)}, expected equal.")
    return row


def _close(store: Any) -> None:  # noqa: ANN401 - whichever store Feast gave
    with contextlib.suppress(sqlite3.Error, RedisError, OSError):
        if getattr(store, "_conn", None):
            store._conn.close()
        if getattr(store, "_client", None):
            store._client.close()
