"""What a dataset's missing tables and columns cost, in the words of the README."""

from jobs.dataset.open_dataset import Dataset
from jobs.dataset.tables import EVENTS, GRAPH, ITEMS, SOCIAL, USERS

_TABLES = {
    ITEMS.name: "no items: titles are ids, and text embeddings, text neighbours and categories step aside",
    USERS.name: "no users: audits by user group step aside",
    GRAPH.name: "no graph: knowledge-graph sources step aside",
    SOCIAL.name: "no social: social sources step aside",
}
_COLUMNS = {
    (EVENTS.name, "timestamp"): "no events.timestamp: trending steps aside, and the backtest splits by input order",
    (EVENTS.name, "event_type"): "no events.event_type: every event counts as a sign of interest",
    (EVENTS.name, "propensity"): "no events.propensity: counterfactual estimates step aside",
    (ITEMS.name, "title"): "no items.title: titles are ids",
    (ITEMS.name, "text"): "no items.text: embeddings are of titles and categories alone",
    (ITEMS.name, "categories"): "no items.categories: category filters and diversity by category step aside",
}


def steps_aside(dataset: Dataset) -> list[str]:
    """Return one sentence for each missing table or column that something would have used."""
    tables = [sentence for name, sentence in _TABLES.items() if name not in dataset.sources]
    columns = [
        sentence
        for (name, column), sentence in _COLUMNS.items()
        if name in dataset.sources and column in dataset.sources[name].missing
    ]
    return [*tables, *columns]
