import pytest
from feast.infra.online_stores.redis import RedisOnlineStore

from jobs.contract.errors import SettingsError
from jobs.contract.redis_url import connection_string, without_user


def test_feast_reads_the_address_user_and_password_that_the_url_names():
    nodes, values = RedisOnlineStore._parse_connection_string(connection_string("redis://ann:p%40s%22=%C3%A9@h:1/2"))
    assert nodes == [{"host": "h", "port": "1"}]
    assert values == {"db": 2, "username": "ann", "password": 'p@s"=é'}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("redis://:hid%2Cden@cache", r"the password for redis://cache holds a comma, .* Choose a password without one"),
        ("redis://hid,den:x@cache", "the username for redis://cache holds a comma"),
        ("redis://:hidden@[::1]:6379", "found the IPv6 address ::1, which Feast cuts .* or an IPv4 address"),
        ("redis://:hidden@[::1", r"the host is malformed \(found 'redis://\[::1'\)"),
        ("redis://:hidden@cache:six", r"the port is not one \(found 'redis://cache:six'\), expected redis://"),
        ("redis://user:in/hidden@cache", r"the database is not a number \(found 'redis://cache'\)"),
        ("redis://:hidden@cache/first", r"the database is not a number \(found 'redis://cache/first'\)"),
        ("redis://:hidden@cache?db=3", "goes on after the database"),
        ("redis://:hidden@a:1,b:2", "the port is not one"),
        ("redis://", "the host is not a single one"),
    ],
)
def test_what_feast_would_read_wrongly_is_refused_without_showing_the_password(url, message):
    with pytest.raises(SettingsError, match=message) as refused:
        connection_string(url)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:p/w@store:6379/2", "redis://store:6379/2"),
        ("user:p@w@store", "store"),
        ("redis://store", "redis://store"),
    ],
)
def test_user_and_password_are_left_out_also_of_a_malformed_url(url, shown):
    assert without_user(url) == shown
