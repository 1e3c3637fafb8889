"""A page taken apart: its tables, its drawings, and whatever it would fetch or run."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

_FETCHED = ("src", "href", "xlink:href", "action", "data", "poster", "srcset")


@dataclass
class Page:
    """Tables by caption, elements in order, addresses that a browser would follow, and ids."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    elements: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    drawings: list[ElementTree.Element] = field(default_factory=list)


def read_page(text: str) -> Page:
    """Parse a page; a drawing that is not well-formed fails here."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    page = reader.page
    page.drawings = [
        ElementTree.fromstring(f"<svg{part.partition('</svg>')[0]}</svg>") for part in text.split("<svg")[1:]
    ]
    return page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._cell: list[str] | None = None
        self._rows: list[list[str]] = []
        self._name = ""

    def handle_starttag(self, tag, attrs):
        self.page.elements.append(tag)
        self.page.addresses += [value or "" for name, value in attrs if name in _FETCHED]
        self.page.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th", "caption", "summary"):
            self._cell = []

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._rows[-1].append("".join(self._cell or []))
        if tag in ("caption", "summary"):
            self._name = "".join(self._cell or [])
        if tag == "table":
            self.page.tables[self._name] = self._rows
        if tag in ("td", "th", "caption", "summary"):
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)
