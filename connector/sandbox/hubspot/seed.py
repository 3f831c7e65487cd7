"""Fills a portal with the sales data.

Real, from the files: companies (accounts; sector as industry, parent company), products and list prices, agents, their managers' teams
and regional offices, every deal with its agent, product, company, stage, engage day, close day and close value, one line item per deal.

Generated, by `random.Random(2017)` or by a hash of the opportunity's id: two to four contacts per company and which of them a deal
belongs to; the time of day of engage and close (the same for both, so that days between them are whole; 20:30 falls on the next day in
UTC); the expected close date of an open deal; the amount of a deal before it closes (its product's list price); the creation of
Prospecting deals on the data's last day; families of quarterly goals for 2017, as if made by hand, for two agents and a region. Companies,
products and people date from 2016-07-01, before everything else.

With the option `extras` the portal is also filled with what stands in the folder of that name, real incidents as tickets among them. None
of it changes a deal, a company, a contact or a line item. With `splits` some deals that were won have several people's credit.
"""

import hashlib
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

from connector.sandbox.hubspot.clock import iso, local
from connector.sandbox.hubspot.definitions import Option
from connector.sandbox.hubspot.extras import add_extras, share_deals
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS, GOALS, LEADS, LINE_ITEMS, PRODUCTS, TICKETS, USERS, Kind
from connector.sandbox.hubspot.names import FIRST, JOBS, LAST
from connector.sandbox.hubspot.portal import Options, Portal
from connector.sandbox.hubspot.quota import FAMILIES, Family
from connector.sandbox.hubspot.records import Record, Source
from connector.sandbox.hubspot.scale import enlarge
from connector.sandbox.hubspot.structure import Owner, Pipeline, Stage, Team
from connector.sandbox.maven import LAST_DAY, Agent, Maven, Opportunity, load

FOUNDED = local(date(2016, 7, 1), time(12))
STAGES = (
    Stage("prospecting", "Prospecting", 0, "0.2", is_closed=False),
    Stage("engaging", "Engaging", 1, "0.6", is_closed=False),
    Stage("closedwon", "Won", 2, "1.0", is_closed=True),
    Stage("closedlost", "Lost", 3, "0.0", is_closed=True),
)
# The ids and labels of a new portal's pipelines for tickets and leads are [recall].
TICKET_STAGES = (
    Stage("1", "New", 0, "", is_closed=False),
    Stage("2", "Waiting on contact", 1, "", is_closed=False),
    Stage("3", "Waiting on us", 2, "", is_closed=False),
    Stage("4", "Closed", 3, "", is_closed=True),
)
LEAD_STAGES = (
    Stage("new-stage-id", "New", 0, "", is_closed=False),
    Stage("attempting-stage-id", "Attempting", 1, "", is_closed=False),
    Stage("connected-stage-id", "Connected", 2, "", is_closed=False),
    Stage("qualified-stage-id", "Qualified", 3, "", is_closed=True),
    Stage("unqualified-stage-id", "Disqualified", 4, "", is_closed=True),
)
_STAGE_IDS = {stage.label: stage.id for stage in STAGES}
_TIMES = (time(9, 30), time(12), time(20, 30))
_PIPELINE = "default"
_IMPORT = Source("IMPORT", "1")
_MILLION = 1_000_000
_NO_DATE_SHARE = 0.05
_SEED = 2017


def seeded(token: str, options: Options, data: Path | None = None) -> Portal:
    """Return a portal that holds the data from a folder, by default the shipped copy.

    Raises:
        OSError: the data cannot be read.
    """
    maven = load(data)
    portal = Portal(token, options, FOUNDED)
    _add_pipeline(portal, DEALS, Pipeline(_PIPELINE, "Sales Pipeline", FOUNDED, STAGES))
    _add_pipeline(portal, TICKETS, Pipeline("0", "Support Pipeline", FOUNDED, TICKET_STAGES, TICKETS.name))
    _add_pipeline(portal, LEADS, Pipeline("lead-pipeline-id", "Lead pipeline", FOUNDED, LEAD_STAGES, LEADS.name))
    _Seeding(portal, maven).run()
    if options.extras:
        add_extras(portal)
    if options.splits:
        share_deals(portal)
    enlarge(portal, deals=options.deals, contacts=options.contacts)
    return portal


def _add_pipeline(portal: Portal, kind: Kind, pipeline: Pipeline) -> None:
    portal.pipelines[pipeline.id] = pipeline
    portal.stages.update({stage.id: stage for stage in pipeline.stages})
    schema = portal.schema(kind)
    name = "pipeline" if kind is DEALS else "hs_pipeline"
    schema.definitions[name].options = (Option(pipeline.id, pipeline.label, 0),)
    schema.definitions[kind.stage].options = tuple(Option(stage.id, stage.label, stage.order) for stage in pipeline.stages)
    for stage in pipeline.stages:
        schema.builtin(f"hs_v2_date_entered_{stage.id}", f'Date entered "{stage.label}"', "datetime/date", "c")
        schema.builtin(f"hs_v2_date_exited_{stage.id}", f'Date exited "{stage.label}"', "datetime/date", "c")


def time_of_day(opportunity: Opportunity) -> time:
    """Return when, on the account's wall clock, an opportunity was engaged and closed; never late on the data's last day."""
    times = _TIMES[:2] if LAST_DAY in {opportunity.engaged or LAST_DAY, opportunity.closed} else _TIMES
    return times[hashlib.sha256(opportunity.id.encode()).digest()[0] % len(times)]


class _Seeding:
    """The work of filling one portal, step by step."""

    def __init__(self, portal: Portal, maven: Maven) -> None:
        self.portal = portal
        self.maven = maven
        self.random = Random(_SEED)  # noqa: S311  # made-up demo data, no secret
        self.owners: dict[str, Owner] = {}
        self.companies: dict[str, Record] = {}
        self.products: dict[str, Record] = {}
        self.contacts: dict[str, list[Record]] = {}
        self.prices = {product.name: product.price for product in maven.products}

    def run(self) -> None:
        """Add everything, in an order in which each thing finds what it refers to."""
        for number, agent in enumerate(self.maven.agents):
            self._add_person(number, agent)
        self._add_teams()
        self._add_companies()
        self._add_products()
        self._add_contacts()
        for opportunity in sorted(self.maven.opportunities, key=lambda row: (row.engaged or LAST_DAY, time_of_day(row))):
            self._add_deal(opportunity)
        self._add_goals()

    def _add_person(self, number: int, agent: Agent) -> None:
        first, _, last = agent.name.partition(" ")
        owner = Owner(51_000_101 + 7 * number, 62_000_903 + 3 * number, 0, first, last, f"{first}.{last}@example.com".lower(), FOUNDED)
        values = {
            "hs_internal_user_id": str(owner.user_id),
            "hubspot_owner_id": str(owner.id),
            "hs_email": owner.email,
            "hs_given_name": first,
            "hs_family_name": last,
            "hs_deactivated": "false",
            "hs_standard_time_zone": "America/New_York",
        }
        owner.record_id = self.portal.table(USERS).create(values, FOUNDED, _IMPORT).id
        self.portal.owners[owner.id] = self.owners[agent.name] = owner

    def _add_teams(self) -> None:
        names = [*dict.fromkeys(agent.manager for agent in self.maven.agents), *dict.fromkeys(agent.office for agent in self.maven.agents)]
        teams = {name: Team(4_400_001 + number, name) for number, name in enumerate(names)}
        self.portal.teams.update({team.id: team for team in teams.values()})
        for agent in self.maven.agents:
            teams[agent.manager].primary.append(self.owners[agent.name].user_id)
            teams[agent.office].secondary.append(self.owners[agent.name].user_id)

    def _add_companies(self) -> None:
        for account in self.maven.accounts:
            values = {
                "name": account.name,
                "domain": f"{account.name.lower().replace(' ', '-')}.example.com",
                "industry": account.sector,
                "annualrevenue": str(round(float(account.revenue) * _MILLION)),
                "numberofemployees": account.employees,
                "founded_year": account.founded,
                "country": account.country,
            }
            self.companies[account.name] = self.portal.table(COMPANIES).create(values, FOUNDED, _IMPORT)
        for account in self.maven.accounts:
            if account.parent:
                self.portal.links.add(14, self.companies[account.name].id, self.companies[account.parent].id)

    def _add_products(self) -> None:
        for product in self.maven.products:
            values = {
                "name": product.name,
                "price": product.price,
                "description": f"Series {product.series}",
                "hs_sku": product.name.replace(" ", "-").upper(),
            }
            self.products[product.name] = self.portal.table(PRODUCTS).create(values, FOUNDED, _IMPORT)

    def _add_contacts(self) -> None:
        first_days: dict[str, date] = {}
        for row in self.maven.opportunities:
            if row.account and row.engaged:
                first_days[row.account] = min(row.engaged, first_days.get(row.account, row.engaged))
        made = [
            (self._contact_day(first_days.get(name, LAST_DAY)), name) for name in self.companies for _ in range(self.random.randint(2, 4))
        ]
        for created, name in sorted(made):
            self.contacts.setdefault(name, []).append(self._contact(created, name))

    def _contact_day(self, first_deal: date) -> int:
        return local(first_deal - timedelta(days=self.random.randint(10, 60)), time(self.random.randint(9, 16), self.random.randint(0, 59)))

    def _contact(self, created: int, company: str) -> Record:
        first, last = self.random.choice(FIRST), self.random.choice(LAST)
        number = sum(len(found) for found in self.contacts.values()) + 1
        domain = self.companies[company].values["domain"]
        values = {
            "firstname": first,
            "lastname": last,
            "email": f"{first}.{last}.{number}@{domain}".lower(),
            "jobtitle": self.random.choice(JOBS),
            "company": company,
        }
        contact = self.portal.table(CONTACTS).create(values, created, _IMPORT)
        self.portal.links.join((CONTACTS, COMPANIES), contact.id, self.companies[company].id)
        return contact

    def _add_deal(self, row: Opportunity) -> None:
        clock, owner, price = time_of_day(row), self.owners[row.agent], self.prices[row.product]
        source = Source("CRM_UI", f"userId:{owner.user_id}", str(owner.user_id))
        created = local(row.engaged or LAST_DAY, clock)
        values = {
            "dealname": f"{row.account or 'New prospect'} – {row.product} ({row.id})",
            "pipeline": _PIPELINE,
            "dealstage": _STAGE_IDS["Engaging" if row.engaged else "Prospecting"],
            "amount": price,
            "deal_currency_code": "USD",
            "hubspot_owner_id": str(owner.id),
            "opportunity_id": row.id,
        }
        expected = None if row.closed else self._expected_close(row)
        values |= {"closedate": iso(local(expected, clock))} if expected else {}
        deal = self.portal.table(DEALS).create(values, created, source)
        item = self._add_line_item(row, created, source)
        self.portal.links.add(19, deal.id, item.id)
        self._tie_customer(row, deal)
        if row.closed:
            closed = local(row.closed, clock)
            amount = row.value or "0"
            deal.put({"dealstage": _STAGE_IDS[row.stage], "amount": amount, "closedate": iso(closed)}, closed, source)
            item.put({"amount": amount}, closed, source)

    def _expected_close(self, row: Opportunity) -> date | None:
        if self.random.random() < _NO_DATE_SHARE:
            return None
        if row.engaged:
            return row.engaged + timedelta(days=self.random.randint(30, 150))
        first, last = date(2018, 1, 15), date(2018, 5, 31)
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def _add_line_item(self, row: Opportunity, created: int, source: Source) -> Record:
        price = self.prices[row.product]
        values = {
            "name": row.product,
            "quantity": "1",
            "price": price,
            "amount": price,
            "hs_product_id": str(self.products[row.product].id),
            "hs_line_item_currency_code": "USD",
        }
        return self.portal.table(LINE_ITEMS).create(values, created, source)

    def _tie_customer(self, row: Opportunity, deal: Record) -> None:
        if row.account:
            self.portal.links.add(341, deal.id, self.companies[row.account].id)
            self.portal.links.add(5, deal.id, self.companies[row.account].id)
            self.portal.links.add(3, deal.id, self.random.choice(self.contacts[row.account]).id)

    def _add_goals(self) -> None:
        created = local(date(2016, 12, 15), time(12))
        for family in FAMILIES:
            assignee = self._assignee(family)
            for quarter, target in enumerate(family.targets, 1):
                period = {
                    "hs_start_datetime": f"2017-{3 * quarter - 2:02}-01T00:00:00Z",
                    "hs_end_datetime": f"2017-{3 * quarter:02}-{31 if quarter in {1, 4} else 30}T23:59:59.999Z",
                    "hs_target_amount": str(target),
                }
                source = Source("CRM_UI", "userId:1", "1")
                self.portal.table(GOALS).create({**family.shared, **period, **assignee}, created, source)

    def _assignee(self, family: Family) -> dict[str, str]:
        if family.team:
            return {"hs_assignee_team_id": next(str(team.id) for team in self.portal.teams.values() if team.name == family.team)}
        owner = self.owners[family.agent]
        return {"hubspot_owner_id": str(owner.id), "hs_assignee_user_id": str(owner.user_id)}
