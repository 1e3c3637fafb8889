"""A dataset that a whole night gets through in seconds: two groups of users, each with its own films."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 12, 1, tzinfo=UTC)
_TITLES = {
    "space": [
        "Star Wars",
        "Alien",
        "Solaris",
        "Gravity",
        "Interstellar",
        "Moon",
        "Contact",
        "Apollo 13",
        "Dune",
        "Arrival",
    ],
    "romance": [
        "Emma",
        "Amelie",
        "Casablanca",
        "Notting Hill",
        "Titanic",
        "Ghost",
        "Sabrina",
        "Persuasion",
        "Carol",
        "Once",
    ],
}


def write_tiny_dataset(folder: Path, n_users: int = 40) -> Path:
    """Write events.csv and items.csv; user ids hold a slash and an emoji, so that nothing assumes plain ones."""
    folder.mkdir(parents=True, exist_ok=True)
    items = [(f"{kind}/{i}", title, kind) for kind, titles in _TITLES.items() for i, title in enumerate(titles)]
    _write(folder / "items.csv", ["item_id", "title", "categories"], items)
    events = []
    for user in range(n_users):
        own = items[:10] if user % 2 else items[10:]
        other = items[10:] if user % 2 else items[:10]
        taken = [other[user % 10], *(own[(user + step) % 10] for step in range(7))]
        for step, (item_id, *_) in enumerate(taken):
            when = START + timedelta(days=step, minutes=user)
            events.append((f"user/{user}🎬", item_id, when.isoformat(), "view"))
    _write(folder / "events.csv", ["user_id", "item_id", "timestamp", "event_type"], events)
    return folder


def _write(path: Path, header: list[str], rows: list[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
