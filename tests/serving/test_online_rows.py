"""Rows through Feast's online store, and a store that fails."""

import sqlite3
from contextlib import closing

import pytest

from jobs.contract.home import Home
from jobs.contract.release import ONLINE_DB
from serving.online_rows import PAUSE_SECONDS, OnlineRows, StoreError, open_rows
from tests.serving.releases import LISTS, row_of, write_release

TABLE = "nightshelf_r1_user_recommendations"


class _Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def folder(tmp_path):
    home = Home(tmp_path)
    write_release(home, "r1")
    return home.releases / "r1"


def _execute(folder, statement):
    with closing(sqlite3.connect(folder / ONLINE_DB)) as connection, connection:
        connection.execute(statement)


def test_a_row_comes_back_as_it_was_written(folder):
    (row,) = open_rows(folder, "sqlite").read(["u2"])
    assert {name: list(column) for name, column in row._asdict().items()} == row_of(LISTS["u2"])


def test_rows_come_in_the_order_asked_and_unknown_users_have_none(folder):
    rows = open_rows(folder, "sqlite").read(["nobody", "u/3", "u1"])
    assert [row and list(row.item_ids) for row in rows] == [None, LISTS["u/3"], LISTS["u1"]]


def test_a_store_that_failed_is_left_alone_for_a_second_and_then_asked_again(folder):
    clock = _Clock()
    opened = open_rows(folder, "sqlite")
    rows = OnlineRows(opened._config, opened._view, clock)
    _execute(folder, f"ALTER TABLE {TABLE} RENAME TO hidden")
    with pytest.raises(StoreError, match="no such table"):
        rows.read(["u1"])
    _execute(folder, f"ALTER TABLE hidden RENAME TO {TABLE}")
    with pytest.raises(StoreError, match="failed a moment ago"):
        rows.read(["u1"])
    clock.now += PAUSE_SECONDS
    assert rows.read(["u1"])[0].item_ids == LISTS["u1"]


def test_half_a_row_is_a_fault_of_the_store_and_not_an_answer(folder):
    _execute(folder, f"DELETE FROM {TABLE} WHERE feature_name = 'scores'")
    with pytest.raises(StoreError, match="A row has no 'scores'"):
        open_rows(folder, "sqlite").read(["u1"])


def test_a_row_whose_lists_differ_in_length_is_a_fault_of_the_store(folder):
    _execute(folder, f"UPDATE {TABLE} SET value = x'' WHERE feature_name = 'scores'")
    with pytest.raises(StoreError, match=r"lists of lengths \[0, 10\], expected equal"):
        open_rows(folder, "sqlite").read(["u1"])


def test_a_value_that_is_no_value_is_a_fault_of_the_store(folder):
    _execute(folder, f"UPDATE {TABLE} SET value = x'ffff' WHERE feature_name = 'scores'")
    with pytest.raises(StoreError, match="(?i)error parsing"):
        open_rows(folder, "sqlite").read(["u1"])
