"""The names of the datasets that Nightshelf fetches by name; what they are stands in ``jobs.dataset.builtin``."""

ML_100K = "ml-100k"
COMPLETE_JOURNEY = "complete-journey"
OPEN_BANDIT = "open-bandit"
BUILT_IN_NAMES = (ML_100K, COMPLETE_JOURNEY, OPEN_BANDIT)
