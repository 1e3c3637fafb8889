"""The machine's timezone changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.contract.home import Home
from tests.end_to_end.conftest import RUN_DATE
from tests.end_to_end.lists import announced_lists

pytestmark = pytest.mark.process


def test_a_night_in_tokyo_gives_the_lists_and_times_of_a_night_in_utc(night, tmp_path):
    from jobs.contract.atomic_files import read_json

    settings = night.settings.as_json()
    file = tmp_path / "nightshelf.yaml"
    import yaml

    file.write_text(yaml.safe_dump({**settings, "home": str(tmp_path / "home")}))
    environment = {**os.environ, "TZ": "Asia/Tokyo", "NIGHTSHELF_SETTINGS": str(file)}
    command = [str(Path(sys.executable).with_name("nightshelf")), "run", "--run-date", RUN_DATE.isoformat()]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    home = Home(tmp_path / "home")
    tokyo, utc = announced_lists(home), announced_lists(night.home)
    assert {user: ids for user, (ids, _) in tokyo.items()} == {user: ids for user, (ids, _) in utc.items()}
    (report,) = home.runs.glob("*/validate.json")
    assert read_json(report)["as_of"] == night.reports["validate"]["as_of"]
