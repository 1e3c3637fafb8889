"""A user's list: filters, overlay, top-up and pages."""

import time

import pytest

from serving.cursor import decode_cursor
from serving.lookup import Served, read_rows, recommend
from serving.online_rows import StoreError, UserRow
from serving.overlay import Overlay
from serving.parameters import Filters
from tests.serving.releases import COMING, GONE, LISTS, POPULAR, row_of

NOW = time.time()


def _answer(served, user_id, filters=Filters(), cursor=None, fallback=None):  # noqa: B008 - frozen
    rows, failed = read_rows(served, [user_id])
    assert not failed
    return recommend(served, user_id, rows[0], fallback, filters, NOW, cursor)


def _ids(answer):
    return [item.item_id for item in answer.items]


def test_a_known_user_gets_the_published_list_in_its_order(served):
    answer = _answer(served, "u1")
    assert _ids(answer) == LISTS["u1"]
    assert [item.rank for item in answer.items] == list(range(1, 11))
    assert [item.score for item in answer.items[:2]] == [1.0, 0.5]
    assert (answer.release, answer.arm, answer.user_id, answer.fallback) == ("r1", "current", "u1", None)


def test_reasons_name_the_evidence_and_sources_are_read_from_their_bits(served):
    first, second, third, fourth = _answer(served, "u1", Filters(4)).items
    assert first.reason == "Because you watched Title of i00 and Title of i01"
    assert (second.reason, third.reason) == ("Matches what you watched", "Popular lately")
    assert fourth.reason == "Because you watched Title of i00"
    assert [item.sources for item in (first, second, third)] == [["als"], ["als", "item_item"], ["als", "text"]]


def test_an_item_that_a_rule_put_there_says_so_and_names_no_source(served):
    row = UserRow(["i05", "i06"], [1.0, 1.0], [0, 1], ["pinned", "diverse"], ["", "i00"], ["", ""])
    pinned, lifted = recommend(served, "u1", row, None, Filters(2), NOW).items
    assert (pinned.item_id, pinned.reason, pinned.sources) == ("i05", "Featured", [])
    assert (lifted.item_id, lifted.reason, lifted.sources) == ("i06", "For a change", ["als"])


def test_an_unknown_user_gets_the_popular_list(served):
    answer = _answer(served, "nobody", Filters(3), fallback="popular")
    assert _ids(answer) == POPULAR[:3]
    assert answer.fallback == "popular"
    assert [(item.score, item.reason, item.sources) for item in answer.items[:1]] == [
        (24.0, "Popular with everyone", ["popular"])
    ]


def test_a_short_list_is_topped_up_and_each_such_item_says_so(served):
    answer = _answer(served, "u/3", Filters(4))
    assert _ids(answer) == ["i01", "i02", "i23", "i22"]
    assert [item.sources for item in answer.items[2:]] == [["popular"], ["popular"]]
    assert answer.items[2].reason == "Popular with everyone"
    assert answer.fallback is None


def test_a_user_with_an_empty_list_is_known_and_gets_popular_items(served):
    answer = _answer(served, "empty", Filters(2))
    assert _ids(answer) == POPULAR[:2]
    assert answer.fallback is None


def test_topping_up_repeats_nothing(served):
    answer = _answer(served, "u1", Filters(200))
    assert len(_ids(answer)) == len(set(_ids(answer))) == len(POPULAR)
    assert answer.next is None


def test_only_items_of_the_category_are_shown_topped_up_from_the_same(served):
    answer = _answer(served, "u1", Filters(7, "odd"))
    assert _ids(answer) == ["i01", "i03", "i05", "i07", "i09", "i23", "i21"]
    assert _ids(_answer(served, "u1", Filters(7, "no such category"))) == []


def test_excluded_items_are_left_out_of_list_and_top_up(served):
    answer = _answer(served, "u/3", Filters(3, exclude=frozenset({"i01", "i23", "unknown"})))
    assert _ids(answer) == ["i02", "i22", "i21"]


def test_items_outside_their_time_are_left_out(served):
    assert _ids(_answer(served, "expired", Filters(2))) == ["i03", "i23"]
    assert {GONE, COMING} <= set(LISTS["expired"])


def test_a_withdrawn_item_appears_nowhere_not_even_as_a_reason(release):
    served = Served(release, Overlay(1, frozenset({"i00", "i23"}), frozenset()))
    answer = _answer(served, "u1", Filters(12))
    assert _ids(answer) == [*LISTS["u1"][1:], "i22", "i21", "i20"]
    assert answer.items[2].reason == "Matches what you watched"
    assert not any("i00" in item.reason or "i23" in item.reason for item in answer.items)


def test_a_relation_is_told_only_of_an_item_that_may_be_named(release):
    row = UserRow(**{**row_of(["i05"]), "reasons": ["because/ns.made_by"]})
    open_, withdrawn = (Served(release, Overlay(1, frozenset(gone), frozenset())) for gone in ([], ["i00"]))
    told, silent = (
        recommend(served, "u1", row, None, Filters(1), NOW).items[0].reason for served in (open_, withdrawn)
    )
    assert told == "Because you watched Title of i00 and Title of i01; in common with Title of i00: made by"
    assert silent == "Because you watched Title of i01"


def test_an_erased_user_is_unknown_and_not_even_looked_up(release):
    served = Served(release, Overlay(1, frozenset(), frozenset({"u1"})))
    assert read_rows(served, ["u1"]) == ([None], False)
    rows, failed = read_rows(served, ["u1", "u2", "u1"])
    assert (rows[0], rows[1] is not None, rows[2], failed) == (None, True, None, False)


def test_pages_join_to_the_whole_list_and_ranks_go_on(served):
    whole = _answer(served, "u2", Filters(200))
    items, cursor = [], None
    for _ in range(100):
        page = _answer(served, "u2", Filters(3), cursor)
        items += page.items
        if page.next is None:
            break
        assert len(page.items) == 3
        cursor = decode_cursor(page.next, "r1")
    assert items == whole.items


def test_pages_under_a_filter_join_too(served):
    filters = Filters(2, "even", frozenset({"i02"}))
    first = _answer(served, "u1", filters)
    second = _answer(served, "u1", filters, decode_cursor(first.next, "r1"))
    assert _ids(first) + _ids(second) == ["i00", "i04", "i06", "i08"]
    assert [item.rank for item in second.items] == [3, 4]


def test_the_last_page_has_no_next_even_where_only_hidden_items_follow(served):
    hidden = frozenset(POPULAR[3:]) | frozenset(LISTS["u1"])
    answer = _answer(served, "u1", Filters(3, exclude=hidden))
    assert _ids(answer) == POPULAR[:3]
    assert answer.next is None


def test_a_cursor_past_the_end_gives_an_empty_page(served):
    cursor = decode_cursor(_answer(served, "u1", Filters(1)).next, "r1")
    past = type(cursor)(cursor.release, 10**9, 5)
    answer = _answer(served, "u1", Filters(3), past)
    assert (answer.items, answer.next) == ([], None)


def test_every_answer_has_an_impression_of_its_own(served):
    ids = {_answer(served, "u1").impression_id for _ in range(100)}
    assert len(ids) == 100
    assert {len(impression_id) for impression_id in ids} == {32}


class _SilentStore:
    def read(self, user_ids):
        raise StoreError("silent")


def test_a_store_that_fails_leaves_the_popular_list_and_says_so(release):
    broken = Served(type(release)(**{**vars(release), "rows": _SilentStore()}), Overlay())
    assert read_rows(broken, ["u1", "u2"]) == ([None, None], True)
    answer = recommend(broken, "u1", None, "degraded", Filters(2), NOW)
    assert (_ids(answer), answer.fallback, answer.next) == (POPULAR[:2], "degraded", None)


@pytest.mark.parametrize("user_id", list(LISTS))
def test_every_list_is_read_as_it_was_written(served, user_id):
    (row,), failed = read_rows(served, [user_id])
    assert (list(row.item_ids), failed) == (LISTS[user_id], False)
