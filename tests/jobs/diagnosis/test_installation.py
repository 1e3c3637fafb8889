from packaging.requirements import Requirement

from jobs.diagnosis.finding import State
from jobs.diagnosis.installation import EXTRAS, packages, unmet


def test_what_is_absent_or_of_another_version_is_named() -> None:
    wanted = [Requirement("nightshelf"), Requirement("no-such-package>=1"), Requirement("rich<1")]
    absent, other = unmet(wanted)
    assert absent == "no no-such-package"
    assert other.startswith("rich ")
    assert other.endswith(", expected <1")


def test_every_extra_of_this_environment_is_whole() -> None:
    assert {packages(name).state for name in EXTRAS} == {State.OK}
