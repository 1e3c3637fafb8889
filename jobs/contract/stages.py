"""The stages of a night in running order; each is the program ``jobs/<name>.py`` with READS, WRITES and ``run``."""

STAGES = (
    "validate",
    "split_events",
    "embed_items",
    "train_als",
    "train_item_item",
    "train_spectral",
    "train_bivae",
    "train_sequence",
    "generate_candidates",
    "rank_candidates",
    "evaluate",
    "publish",
    "announce",
)
