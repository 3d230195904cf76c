"""Where the graph server is and how it is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from gradatim.errors import SettingsError
from gradatim.settings import Settings


@dataclass(frozen=True, slots=True)
class Server:
    """Address, credentials and limits of a Neo4j server, or another that speaks Bolt.

    Raises:
        SettingsError: The address holds a user or a password.
    """

    url: str
    """`bolt://host:7687`, or `neo4j://` for a cluster; `+s` behind the scheme encrypts."""
    user: str = "neo4j"
    password: SecretStr | None = None
    """Neither user nor password are sent when not given."""
    database: str = "neo4j"
    pool: int = 16
    """Connections at most."""
    deadline: float = 0.5
    """Seconds that one question may take once it has a connection."""

    def __post_init__(self) -> None:
        if "@" in urlsplit(self.url).netloc:
            raise SettingsError(
                "the address holds a user or a password",
                place="setting graph",
                remedy="take it out of the address and set GRADATIM_NEO4J_USER and GRADATIM_NEO4J_PASSWORD",
            )

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The server that the settings name; `settings.graph` has to be an address."""
        return cls(
            url=settings.graph,
            user=settings.neo4j_user,
            password=settings.neo4j_password,
            database=settings.neo4j_database,
            pool=settings.neo4j_pool,
            deadline=settings.neo4j_deadline,
        )

    @property
    def place(self) -> str:
        """What errors call it."""
        return f"{self.url}/{self.database}"
