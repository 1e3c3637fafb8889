"""Items of a release."""

from datetime import UTC, datetime, timedelta

from jobs.contract.release_files import ItemMap
from serving.catalogue import Catalogue

AS_OF = datetime(2026, 1, 31, tzinfo=UTC)
NOON = int(datetime(2026, 2, 1, 12, tzinfo=UTC).timestamp())
ITEMS = ItemMap(
    n_indexed=2,
    ids=["a", "b", "from", "until"],
    titles=["A", "B", "From noon", "Until noon"],
    categories=[["x"], ["x", "y"], [], []],
    available_from=[None, None, NOON, None],
    available_until=[None, None, None, NOON],
)


def _catalogue(age_days: float = 0) -> Catalogue:
    return Catalogue(ITEMS, AS_OF, AS_OF + timedelta(days=age_days))


def test_items_are_found_by_id():
    catalogue = _catalogue()
    assert [catalogue.position(item_id) for item_id in ("a", "until", "A", "")] == [0, 3, None, None]
    assert catalogue.title("b") == "B"
    assert catalogue.title("unknown") == "unknown"


def test_categories_are_compared_exactly():
    catalogue = _catalogue()
    assert catalogue.has_category("b", "y")
    assert not catalogue.has_category("a", "y")
    assert not catalogue.has_category("a", "X")
    assert not catalogue.has_category("unknown", "x")


def test_an_item_is_there_from_its_first_second_to_the_last_before_its_end():
    catalogue = _catalogue()
    assert [catalogue.available("from", now) for now in (NOON - 1, NOON, NOON + 1)] == [False, True, True]
    assert [catalogue.available("until", now) for now in (NOON - 1, NOON, NOON + 1)] == [True, False, False]
    assert catalogue.available("a", 0)
    assert catalogue.available("unknown", 0)


def test_a_release_of_an_archive_is_judged_at_the_end_of_its_data():
    archive, recent = _catalogue(31), _catalogue(30)
    next_year = NOON + 365 * 86400
    assert archive.available("until", next_year)
    assert not archive.available("from", next_year)
    assert not recent.available("until", next_year)
