"""What changed since the release was made."""

import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from serving.overlay import Overlay, overlay_signature, read_overlay
from tests.serving.releases import write_overlay


def test_an_absent_overlay_is_empty(tmp_path):
    assert read_overlay(tmp_path / "overlay") == Overlay(0, frozenset(), frozenset())
    assert overlay_signature(tmp_path / "overlay") is None


def test_an_overlay_names_withdrawn_items_and_erased_users(tmp_path):
    home = Home(tmp_path)
    write_overlay(home, 3, withdrawn=("a", "a"), erased=("u",))
    assert read_overlay(home.overlay) == Overlay(3, frozenset({"a"}), frozenset({"u"}))


def test_every_write_changes_the_signature(tmp_path):
    home = Home(tmp_path)
    write_overlay(home, 1)
    before = overlay_signature(home.overlay)
    write_overlay(home, 2)
    assert overlay_signature(home.overlay) != before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": -1}', b'{"version": 1, "erased": []}', b"\xff"])
def test_a_damaged_overlay_is_refused(tmp_path, content):
    (tmp_path / "OVERLAY.json").write_bytes(content)
    with pytest.raises(ReleaseError, match="OVERLAY.json is damaged"):
        read_overlay(tmp_path)
