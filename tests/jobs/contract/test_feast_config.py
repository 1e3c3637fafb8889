import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config


def test_every_release_is_a_project_with_a_registry_and_database_of_its_own(tmp_path):
    folder = tmp_path / "20260131_000001_aaaa"
    config = feast_config(folder, "sqlite")
    assert config["project"] == "nightshelf_20260131_000001_aaaa"
    assert config["registry"] == {"path": f"{folder}/registry.db", "cache_ttl_seconds": 0}
    assert config["online_store"] == {"type": "sqlite", "path": f"{folder}/online.db"}
    assert feast_config(folder, "sqlite", "dask")["offline_store"] == {"type": "dask"}


@pytest.mark.parametrize(
    ("url", "connection"),
    [
        ("redis://cache:6380/2", "cache:6380,db=2"),
        ("redis://cache", "cache:6379"),
        ("redis://:p%40s%2F%3D@cache", 'cache:6379,password="p@s/="'),
        ("redis://ann:1234@cache:6379/0", 'cache:6379,db=0,username="ann",password="1234"'),
    ],
)
def test_a_redis_url_becomes_feasts_connection_string(tmp_path, url, connection):
    config = feast_config(tmp_path / "20260131_000001_aaaa", url)
    assert config["online_store"] == {"type": "redis", "connection_string": connection}


def test_a_folder_that_cannot_name_a_project_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match=r"Release id 'Not-One' is not valid: expected digits, lower-case"):
        feast_config(tmp_path / "Not-One", "sqlite")
