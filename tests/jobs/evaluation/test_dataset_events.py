import pytest

from jobs.contract.errors import DatasetError
from jobs.contract.settings import load
from jobs.dataset.open_dataset import open_dataset
from jobs.evaluation.dataset_events import valid_events

HEADER = "user_id,item_id,event_type,impression_id,position,propensity,arm\n"
GOOD = "u,a,impression,1,1,0.5,x\n"
BAD = "u,a,impression,2,1,1.5,x\n"


def test_only_the_valid_events_of_a_folder_are_given(spark, tmp_path):
    (tmp_path / "events.csv").write_text(HEADER + GOOD + BAD)
    (tmp_path / "items.csv").write_text("item_id,title\n,without an id\n")  # never looked at
    with valid_events(spark, open_dataset(tmp_path), load(validate={"max_bad_share": 0.6})) as events:
        assert [(row.impression_id, row.position, row.propensity, row.arm) for row in events.collect()] == [
            ("1", 1, 0.5, "x")
        ]


def test_too_many_bad_events_are_refused_with_where_to_look(spark, tmp_path):
    (tmp_path / "events.csv").write_text(HEADER + GOOD + BAD)
    with (
        pytest.raises(DatasetError, match=r"1 of 2 rows are bad.*bad_propensity.*nightshelf data check .* lists them"),
        valid_events(spark, open_dataset(tmp_path), load()),
    ):
        pass
