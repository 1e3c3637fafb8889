"""Which users of a fold get candidates."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.settings import Settings
from jobs.contract.tables import PART, USER_ID, Fold, Part
from jobs.interactions.folds import judged_fold
from jobs.interactions.seeded import seeded_uniform


def users_to_score(histories: DataFrame, parted: DataFrame, fold: Fold, settings: Settings) -> DataFrame:
    """Return the histories that need candidates: in the night's final fold everybody's, else of those held out."""
    if fold is Fold.FINAL and settings.split.protocol == "night":
        return histories
    return histories.join(held_out_users(parted, fold, settings), on=USER_ID, how="inner")


def held_out_users(parted: DataFrame, fold: Fold, settings: Settings) -> DataFrame:
    """Return (user_id) of those on whom a fold is chosen or judged: the same ones in every stage.

    The backtest needs users with held-out events, a protocol's final fold those with test events; of them at most
    ``evaluate.max_users`` are taken, by hash.
    """
    judged = {Part.TEST} if fold is judged_fold(settings.split) else set()
    parts = judged | ({Part.VALIDATION} if fold is Fold.BACKTEST else set())
    held = parted.where(F.col(PART).isin([part.value for part in parts])).select(USER_ID).distinct()
    return sample_users(held, settings.evaluate.max_users, settings.split.seed)


def sample_users(users: DataFrame, max_users: int, seed: int) -> DataFrame:
    """Return all users, or about ``max_users`` of them chosen by a seeded hash of the id."""
    n_users = users.count()
    if n_users <= max_users:
        return users
    return users.where(seeded_uniform(seed, USER_ID) < max_users / n_users)
