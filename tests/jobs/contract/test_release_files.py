import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.release_files import (
    Fallback,
    ItemMap,
    read_fallback,
    read_item_map,
    write_fallback,
    write_item_map,
)

ITEMS = ItemMap(1, ["a/b", "🎬"], ["Alpha", "Émile"], [["x"], []], [None, 5], [7, None])


def test_the_item_map_comes_back_as_it_was_written(tmp_path):
    write_item_map(tmp_path / "items", ITEMS)
    assert read_item_map(tmp_path / "items") == ITEMS


def test_the_popular_list_comes_back_as_it_was_written(tmp_path):
    write_fallback(tmp_path / "popular", Fallback(["🎬", "a/b"], [2.0, 1.0]))
    assert read_fallback(tmp_path / "popular") == Fallback(["🎬", "a/b"], [2.0, 1.0])


@pytest.mark.parametrize("read", [read_item_map, read_fallback])
@pytest.mark.parametrize("content", [b"", b"\0" * 20, b"\xff{"])
def test_damaged_files_are_named(tmp_path, read, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ReleaseError, match="file is not (an item map|a popular list): "):
        read(tmp_path / "file")


def test_lists_that_are_not_parallel_are_refused(tmp_path):
    write_item_map(tmp_path / "items", ItemMap(1, ["a", "b"], ["Alpha"], [[], []], [None, None], [None, None]))
    with pytest.raises(ReleaseError, match=r"holds lists of lengths \[2, 1, 2, 2, 2\], 1 indexed: expected equal"):
        read_item_map(tmp_path / "items")
    write_fallback(tmp_path / "popular", Fallback(["a"], []))
    with pytest.raises(ReleaseError, match="holds 1 ids and 0 scores: expected equal"):
        read_fallback(tmp_path / "popular")
