from datetime import UTC, datetime

import pytest

from jobs.validation.event_summary import EventSummary, summarise_events

END = datetime(2026, 2, 1, tzinfo=UTC)


def summary(*types: str | None, last: datetime | None = None) -> EventSummary:
    return EventSummary({kind: 10 - i for i, kind in enumerate(types)}, None, last, 0)


@pytest.mark.parametrize(
    ("types", "verb"),
    [(("purchase", "view"), "bought"), (("listen",), "listened to"), (("view",), "viewed"), (("follow",), "followed"),
     (("rating",), "liked"), ((None, "purchase"), "liked"), (("impression", "purchase"), "bought"), ((), "liked")],
)  # fmt: skip
def test_the_verb_is_that_of_the_most_frequent_act(types, verb):
    assert summary(*types).verb() == verb


def test_as_of_is_the_earlier_of_the_newest_event_and_the_end_of_the_run_date():
    newest = datetime(2025, 6, 1, tzinfo=UTC)
    assert summary(last=newest).as_of(END) == newest
    assert summary(last=datetime(2027, 1, 1, tzinfo=UTC)).as_of(END) == END
    assert summary().as_of(END) == END


def test_events_are_counted_by_type_with_their_first_and_last_time(spark):
    rows = [("view", datetime(2025, 1, 2)), ("view", None), ("rating", datetime(2025, 1, 1, 0, 0, 0, 5))]
    found = summarise_events(spark.createDataFrame(rows, "event_type string, timestamp timestamp"))
    assert (found.by_type, found.n_timed) == ({"view": 2, "rating": 1}, 2)
    assert found.first == datetime(2025, 1, 1, 0, 0, 0, 5, tzinfo=UTC)
    assert found.last == datetime(2025, 1, 2, tzinfo=UTC)
