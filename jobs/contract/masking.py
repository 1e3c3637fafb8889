"""What takes the place of secrets in everything that is shown or published."""

import re
from typing import Any

from jobs.contract.redis_url import without_user

MASK = "***"
_SECRET = re.compile("secret|password|token|credential|key", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Return whether a property of this name holds a secret, as ``spark.hadoop.fs.s3a.secret.key`` does."""
    return bool(_SECRET.search(name))


def masked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value with secret properties replaced by ``MASK``, and URLs without user and password."""
    if isinstance(value, dict):
        return {name: MASK if is_secret(str(name)) else masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return without_user(value) if isinstance(value, str) and "://" in value else value
