"""The state of one HubSpot account: everything that the endpoints read and change."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from connector.sandbox.hubspot.changes import Changes
from connector.sandbox.hubspot.clock import ZONE, Clock, local_day
from connector.sandbox.hubspot.definitions import Schema, catalog
from connector.sandbox.hubspot.errors import missing_scopes
from connector.sandbox.hubspot.faults import Faults
from connector.sandbox.hubspot.grants import Grants
from connector.sandbox.hubspot.journal import Journal
from connector.sandbox.hubspot.kinds import DEALS, KINDS, Kind
from connector.sandbox.hubspot.limits import Limiter
from connector.sandbox.hubspot.links import Links
from connector.sandbox.hubspot.records import Record, Source, Table
from connector.sandbox.hubspot.rules import Rule
from connector.sandbox.hubspot.storm import Storm
from connector.sandbox.hubspot.structure import Campaign, Owner, Pipeline, Rate, Share, Stage, Team
from connector.sandbox.hubspot.telling import Teller
from connector.sandbox.hubspot.won import Won

# Ids of different kinds never meet, and deal ids change their number of digits on the way: sorted as text they come out wrong.
_FIRST_IDS = {
    "deals": 9_999_996_001,
    "contacts": 30_000_000_001,
    "companies": 20_000_000_001,
    "products": 1_500_000_001,
    "line_items": 40_000_000_001,
    "goal_targets": 87_000_000_001,
    "users": 207_000_001,
    "tickets": 1_100_000_001,
    "leads": 50_000_000_001,
    "feedback_submissions": 60_000_000_001,
    "calls": 70_000_000_001,
    "emails": 71_000_000_001,
    "meetings": 72_000_000_001,
    "notes": 73_000_000_001,
    "tasks": 74_000_000_001,
    "communications": 75_000_000_001,
}


class Choices(TypedDict, total=False):
    """The options of a portal by name, all of them optional; see `Options`."""

    now: datetime
    burst: int
    search_per_second: int
    daily: int
    search_lag: float
    search_disorder: bool
    drift: bool
    latency: float
    versions: Collection[str]
    token_seconds: float
    rotates: bool
    revoked: Collection[str]
    portal_id: int
    user_properties: bool
    property_limit: int
    deals: int
    contacts: int
    extras: bool
    splits: bool
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a portal behaves.

    `now` is where its clock starts; `burst` calls per rolling ten seconds, `search_per_second` and `daily` are its limits;
    `search_lag` is how many seconds the search index is behind, `latency` how many an answer takes; `revoked` scopes are not granted;
    with `search_disorder` each record is behind by a part of that, so that the later of two changes may come first (field lesson 3 [G]);
    `drift` writes the same property in several forms, from record to record (field lesson 18 [G]);
    `versions` are the API versions that are answered, v3 standing for all of v1 to v4;
    `token_seconds` is how long an OAuth access token lives, `rotates` whether each refresh brings a new refresh token;
    `user_properties` says whether users may have custom properties (hubspot.md 8.8: unverified); `property_limit` is per object type;
    `deals` and `contacts` are how many of them there are at least: those that the data lacks are made.
    `extras` fills the portal beyond its sales: tickets, activities, leads, answers to surveys, campaigns, foreign currencies;
    `splits` shares the credit of some won deals among two or three people, which changes what is known of their owners.
    `timezone` is the account's; what happened in the data happened in New York all the same.
    """

    now: datetime = datetime(2017, 12, 31, 18, tzinfo=ZONE)
    burst: int = 190
    search_per_second: int = 5
    daily: int = 1_000_000
    search_lag: float = 0.0
    search_disorder: bool = False
    drift: bool = False
    latency: float = 0.0
    versions: Collection[str] = ("2026-09", "2026-03", "v3")
    token_seconds: float = 1800
    rotates: bool = False
    revoked: Collection[str] = ()
    portal_id: int = 20171231
    user_properties: bool = True
    property_limit: int = 1000
    deals: int = 0
    contacts: int = 0
    extras: bool = False
    splits: bool = False
    timezone: str = ZONE.key

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.timezone)


class Portal:
    """One account."""

    def __init__(self, token: str, options: Options, created: int) -> None:
        self.token = token
        self.options = options
        self.created = created
        self.clock = Clock(options.now)
        self.revoked = set(options.revoked)
        self.tables = {name: Table(kind, _FIRST_IDS[name]) for name, kind in KINDS.items()}
        self.schemas = {name: Schema(kind, created) for name, kind in KINDS.items()}
        self.links = Links()
        self.rules: list[Rule] = []
        self.owners: dict[int, Owner] = {}
        self.teams: dict[int, Team] = {}
        self.pipelines: dict[str, Pipeline] = {}
        self.stages: dict[str, Stage] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.rates: list[Rate] = []
        self.splits: dict[int, Sequence[Share]] = {}
        self.won = Won(self.tables[DEALS.name], self.stages, options.zone)
        self.limiter = Limiter(burst=options.burst, search=options.search_per_second, daily=options.daily)
        self.faults = Faults()
        self.storm = Storm()
        self.journal = Journal()
        self.grants = Grants(options.token_seconds, rotates=options.rotates)
        self.changes = Changes(options.portal_id, self.clock)
        self.teller = Teller(options.portal_id, self.clock, self.changes)
        self.source = Source("INTEGRATION", "1057203")
        """Whom the history names for changes that come through the API (hubspot.md 9)."""
        for schema in self.schemas.values():
            catalog(schema)

    def table(self, kind: Kind) -> Table:
        """Return the records of a kind."""
        return self.tables[kind.name]

    def schema(self, kind: Kind) -> Schema:
        """Return the properties of a kind."""
        return self.schemas[kind.name]

    def require(self, *any_of: str) -> None:
        """Let a call pass when one of these scopes is granted.

        Raises:
            Refusal: none is.
        """
        if all(scope in self.revoked for scope in any_of):
            raise missing_scopes(any_of)

    def admit(self, *, is_search: bool) -> None:
        """Count a call against the limits.

        Raises:
            Refusal: a limit is reached.
        """
        self.limiter.admit(local_day(self.clock.now(), self.options.zone), is_search=is_search)

    def find_deal(self, opportunity_id: str) -> Record:
        """Return the deal of a row of the pipeline file.

        Raises:
            KeyError: there is none.
        """
        for record in self.table(DEALS):
            if record.values.get("opportunity_id") == opportunity_id:
                return record
        raise KeyError(opportunity_id)

    def teams_of(self, owner: Owner) -> Iterable[tuple[Team, bool]]:
        """Yield the teams of a person and whether each is the primary one."""
        for team in self.teams.values():
            if owner.user_id in team.primary:
                yield team, True
            elif owner.user_id in team.secondary:
                yield team, False

    def owner(self, text: str) -> Owner | None:
        """Return the owner with this id."""
        return self.owners.get(int(text)) if text.isdigit() else None
