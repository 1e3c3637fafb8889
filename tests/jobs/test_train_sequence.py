"""When the sequence models are not trained at all."""

import pytest

from jobs import spark_io
from jobs.contract.tables import SEQUENCE_ITEM_VECTORS, SEQUENCE_USER_VECTORS
from jobs.train_sequence import run as train_sequence


@pytest.mark.parametrize(
    ("sources", "has_timestamps", "why"),
    [
        (("als", "popular"), True, "candidates.sources leaves it out"),
        (("sequence", "popular"), False, "events have no timestamps"),
    ],
)
def test_where_it_is_no_source_or_knows_no_order_it_steps_aside(spark, make_run, sources, has_timestamps, why):
    run = make_run(candidates={"sources": sources})
    run.write_report("validate", {"has_timestamps": has_timestamps})
    report = train_sequence(spark, run)
    assert report["stepped_aside"] == why
    tables = (SEQUENCE_USER_VECTORS, SEQUENCE_ITEM_VECTORS)
    assert [spark_io.read(spark, run, table).count() for table in tables] == [0, 0]
