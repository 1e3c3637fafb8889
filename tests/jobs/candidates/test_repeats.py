import pytest

from jobs.candidates.repeats import proposes_seen
from jobs.contract.settings import Settings


@pytest.mark.parametrize(
    ("protocol", "seen", "repeat_share", "expected"),
    [
        ("night", "auto", 0.01, True),
        ("night", "auto", 0.009, False),
        ("night", "remove", 0.5, False),
        ("night", "keep", 0.0, True),
        ("night", "repeat_model", 0.0, True),
        ("leave_last_out", "keep", 0.5, False),
    ],
)
def test_what_was_taken_is_proposed_where_it_is_taken_again_or_the_settings_say_so(
    protocol, seen, repeat_share, expected
):
    settings = Settings().replace(split={"protocol": protocol}, rank={"seen": seen})
    assert proposes_seen(settings, repeat_share) is expected
