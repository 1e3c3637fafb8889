"""The online store's URL: what Feast can be told of it, and what anyone may read of it."""

import json
import re
from urllib.parse import SplitResult, unquote, urlsplit

from jobs.contract.errors import SettingsError

_DEFAULT_PORT = 6379


def connection_string(url: str) -> str:
    """Return ``redis://[user:password@]host[:port][/db]`` as Feast's Redis store takes it: ``host:port,db=...``.

    Raises:
        SettingsError: If Feast would read another address or password out of it; the password is not in its text.
    """
    parts = _split(url)
    host, port = _host_and_port(parts, url)
    named = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    for name, value in named.items():
        # Feast splits the string at every comma, also within quotes.
        if "," in value:
            raise SettingsError(
                f"online_store: the {name} for {without_user(url)} holds a comma, at which Feast cuts it in two. "
                f"Choose a {name} without one."
            )
    # Feast reads the values as JSON where it can: a quoted password of digits stays a string.
    quoted = [f"{name}={json.dumps(value)}" for name, value in named.items() if value]
    database = [f"db={parts.path[1:]}"] if parts.path.strip("/") else []
    return ",".join([f"{host}:{port}", *database, *quoted])


def without_user(url: str) -> str:
    """Return the URL without user and password, also where it is malformed."""
    return re.sub(r"^([^/]*//)?.*@", lambda start: start[1] or "", url, flags=re.DOTALL)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _not_understood(url, "host is malformed") from None
    if parts.query or parts.fragment:
        # Feast would not get it, while other readers of the URL would heed it.
        raise _not_understood(url, "URL goes on after the database ('?' or '#')")
    if not re.fullmatch(r"/?|/\d+", parts.path):
        raise _not_understood(url, "database is not a number")
    return parts


def _host_and_port(parts: SplitResult, url: str) -> tuple[str, int]:
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _not_understood(url, "port is not one") from None
    if not host or "," in host:
        raise _not_understood(url, "host is not a single one")
    if ":" in host:
        raise SettingsError(
            f"online_store: found the IPv6 address {host}, which Feast cuts at its first colon. "
            "Give a host name that resolves to it, or an IPv4 address."
        )
    return host, port or _DEFAULT_PORT


def _not_understood(url: str, fault: str) -> SettingsError:
    return SettingsError(
        f"online_store: the {fault} (found {without_user(url)!r}), expected redis://[user:password@]host[:port][/db]. "
        "Write /, ?, # and @ within a password as %2F, %3F, %23 and %40."
    )
