import pytest

from jobs.contract.masking import MASK, is_secret, masked


@pytest.mark.parametrize(
    "name", ["spark.hadoop.fs.s3a.secret.key", "ssl.keyStorePassword", "AUTH_TOKEN", "aws.credentials.provider"]
)
def test_a_name_tells_whether_its_value_is_secret(name):
    assert is_secret(name)
    assert not is_secret("spark.executor.memory")


def test_secrets_are_masked_at_any_depth_and_everything_else_is_kept():
    values = {"a": [{"password": "p", "memory": "2g"}], "url": "jdbc:db://me:p@host/x", "mail": "a@b", "n": 3}
    assert masked(values) == {
        "a": [{"password": MASK, "memory": "2g"}],
        "url": "jdbc:db://host/x",
        "mail": "a@b",
        "n": 3,
    }
