from jobs.commands.settings import rows
from jobs.contract.settings import load, variables


def test_every_setting_is_shown_under_its_variable_with_its_meaning() -> None:
    shown = {variable: (value, meaning) for variable, value, meaning in rows(load(als={"rank": 8}))}
    assert shown["NIGHTSHELF_ALS__RANK"] == (8, "Factors per user and item.")
    assert set(shown) <= set(variables())
    assert all(meaning for _, meaning in shown.values())
