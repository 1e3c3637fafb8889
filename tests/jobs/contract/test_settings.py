import pytest

from jobs.contract.errors import SettingsError
from jobs.contract.settings import Settings, from_json, load, variables


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_variables_win_over_the_file_and_the_file_over_defaults(tmp_path, monkeypatch):
    (tmp_path / "nightshelf.yaml").write_text("rank: {k: 3}\nvalidate: {max_bad_share: 0.2}\n")
    monkeypatch.setenv("NIGHTSHELF_VALIDATE__MAX_BAD_SHARE", "0.5")
    settings = load()
    assert (settings.rank.k, settings.validate.max_bad_share, settings.rank.seen) == (3, 0.5, "auto")


def test_what_a_command_says_wins_over_both(monkeypatch):
    monkeypatch.setenv("NIGHTSHELF_RANK__K", "50")
    assert load(rank={"k": 7}).rank.k == 7


def test_the_home_is_absolute_wherever_it_was_named(tmp_path):
    assert load(home="somewhere").home == tmp_path / "somewhere"


def test_a_misspelt_variable_is_refused_with_the_nearest_name(monkeypatch):
    monkeypatch.setenv("NIGHTSHELF_RANK__KK", "1")
    with pytest.raises(
        SettingsError, match=r"Unknown settings .*NIGHTSHELF_RANK__KK. Did you mean NIGHTSHELF_RANK__K\?"
    ):
        load()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rank: {kk: 3}", r"rank.kk: Extra inputs are not permitted \(found 3\)"),
        ("rank: {k: many}", r"rank.k: .*valid integer.*found 'many'"),
        ("validate: {max_bad_share: 2}", r"validate.max_bad_share: .*less than or equal to 1"),
        ("schedule: {timezone: Mars/Base}", r"unknown timezone 'Mars/Base'; expected an IANA name"),
        ("online_store: mysql", r"found 'mysql', expected 'sqlite' or 'redis://host:port'"),
    ],
)
def test_a_wrong_setting_is_refused_with_where_it_is_and_what_was_found(tmp_path, text, message):
    (tmp_path / "nightshelf.yaml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        load()


def test_a_named_file_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setenv("NIGHTSHELF_SETTINGS", "no.yaml")
    with pytest.raises(SettingsError, match=r"NIGHTSHELF_SETTINGS names no.yaml, which is not a file"):
        load()


def test_settings_come_back_from_json_without_reading_any_variable(monkeypatch):
    written = load(rank={"k": 9}).as_json()
    monkeypatch.setenv("NIGHTSHELF_RANK__K", "1")
    assert from_json(written).rank.k == 9


def test_what_anyone_may_read_holds_no_password():
    settings = Settings(online_store="redis://user:secret@store:6379/2")
    assert "secret" not in str(settings.without_secrets())
    assert settings.without_secrets()["online_store"] == "redis://store:6379/2"
    assert settings.as_json()["online_store"] == settings.online_store


def test_what_anyone_may_read_masks_the_secrets_of_spark_and_is_read_back():
    settings = Settings(spark={"conf": {"spark.hadoop.fs.s3a.secret.key": "hidden", "spark.executor.cores": "2"}})
    shown = settings.without_secrets()
    assert shown["spark"]["conf"] == {"spark.hadoop.fs.s3a.secret.key": "***", "spark.executor.cores": "2"}
    assert from_json(shown).spark.conf["spark.executor.cores"] == "2"
    assert settings.as_json()["spark"]["conf"]["spark.hadoop.fs.s3a.secret.key"] == "hidden"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("online_store: rediss://u:hidden@store", "found 'rediss://store', expected 'sqlite'"),
        ("online_store: u:hidden@store", r"\(found 'store'\)"),
        ("online_store: 'redis://u:hidden,x@store'", "the password for redis://store holds a comma"),
        ("spark: {conf: {my.secret: [hidden]}}", r"spark.conf.my.secret: .* \(found '\*\*\*'\)"),
        ("spark: {cnf: {my.secret: hidden}}", r"spark.cnf: .* \(found {'my.secret': '\*\*\*'}\)"),
    ],
)
def test_a_refused_setting_does_not_show_its_password(tmp_path, text, message):
    (tmp_path / "nightshelf.yaml").write_text(text)
    with pytest.raises(SettingsError, match=message) as refused:
        load()
    assert "hidden" not in str(refused.value)


def test_every_setting_can_be_given_by_a_variable():
    names = variables()
    assert {"NIGHTSHELF_HOME", "NIGHTSHELF_ONLINE_STORE", "NIGHTSHELF_VALIDATE__MAX_BAD_SHARE"} <= set(names)


def test_every_field_says_what_it_means():
    for name, field in Settings.model_fields.items():
        for inner_name, inner in getattr(field.annotation, "model_fields", {}).items():
            assert inner.description, f"{name}.{inner_name}"


def test_of_several_values_one_may_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_ALS__RANK", "32")
    monkeypatch.setenv("NIGHTSHELF_EASE__REGULARISATION", "[10, 20]")
    settings = load(item_item={"shrinkage": 5})
    assert (settings.als.rank, settings.ease.regularisation, settings.item_item.shrinkage) == ((32,), (10, 20), (5,))


def test_a_variable_that_should_be_a_list_and_is_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_ALS__RANK", "many")
    with pytest.raises(SettingsError, match=r"als.rank.*valid integer.*found 'many'"):
        load()
