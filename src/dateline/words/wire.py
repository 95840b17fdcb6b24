"""The wire itself: how it names itself, and where it is found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wire:
    """One install is one wire. `origin` is fixed at `dateline init`; addresses may change, and stand in no entry."""

    name: str = "Dateline"
    origin: str = "wire.example"
    base_url: str = "http://127.0.0.1:8000"
    stream_url: str = "http://127.0.0.1:8001"
    boilerplate: str = ""
    contact: str = ""

    @property
    def hub_url(self) -> str:
        """Where changes of the feeds can be followed (WebSub)."""
        return f"{self.base_url}/hub"

    def page(self, key: str, lang: str) -> str:
        """The address of a release's page in one language; `key` is the random part of its guid."""
        return f"{self.base_url}/{lang}/{key}"
