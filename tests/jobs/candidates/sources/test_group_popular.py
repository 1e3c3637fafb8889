from jobs.candidates.sources import group_popular
from jobs.contract.settings import Candidates
from tests.jobs.candidates.sources.tiny import N_USERS, catalogue, inputs

TOWN = Candidates(group_attribute="town")


def test_a_group_gets_what_most_of_its_users_liked(spark):
    source = group_popular.build(inputs(spark), catalogue(), TOWN)
    items, counts = source.lists["Oslo"]
    # twelve users like each of a to d six times over; u0, who liked a and b, is of no town
    assert dict(zip(items.tolist(), counts.tolist(), strict=True)) == {0: 5, 1: 5, 2: 6, 3: 6}


def test_unless_the_setting_names_an_attribute_nothing_is_grouped(spark):
    assert group_popular.build(inputs(spark), catalogue(), Candidates()) is None


def test_a_group_of_few_users_gives_nothing(spark):
    few = [(f"u{n}", {"town": "Oslo"}) for n in range(9)]
    assert group_popular.build(inputs(spark, users=few), catalogue(), TOWN) is None


def test_users_without_the_attribute_have_no_group(spark):
    groups = group_popular.user_groups(inputs(spark), catalogue(), TOWN)
    assert {row.user_id for row in groups.collect()} == {f"u{n}" for n in range(1, N_USERS)}
