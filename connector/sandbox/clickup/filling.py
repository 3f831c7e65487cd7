"""The work of filling a Workspace with its sales; see the seed for what is where."""

from collections.abc import Mapping

from connector.sandbox.clickup.calls import Raw
from connector.sandbox.clickup.fields import Field
from connector.sandbox.clickup.places import CLOSED, DONE, OWNER, Folder, Group, Person, Space, Status, TaskList
from connector.sandbox.clickup.tasks import Task
from connector.sandbox.clickup.workspace import Workspace
from connector.sandbox.hubspot.clock import instant
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS, LINE_ITEMS, PRODUCTS, Kind
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.seed import FOUNDED

STAGES = (Status("prospecting", "open"), Status("engaging", "custom"), Status("won", DONE), Status("lost", CLOSED))
RECORDS = (Status("to do", "open"), Status("complete", CLOSED))
DESK = (Status("new", "open"), Status("waiting on contact", "custom"), Status("waiting on us", "custom"), Status("closed", CLOSED))
_STAGE_NAMES = {"prospecting": "prospecting", "engaging": "engaging", "closedwon": "won", "closedlost": "lost"}
_SOURCES = ("Website", "Referral", "Trade show", "Advertising")
_REASONS = ("Price", "Competitor", "No decision")
_KINDS = ("New business", "Existing business", "Renewal")
_FIRST_PERSON = 183


class Filling:
    """Fills one Workspace, step by step; `tasks` leads from the other box's records to ours."""

    def __init__(self, portal: Portal, workspace: Workspace, manager: str) -> None:
        self.portal = portal
        self.workspace = workspace
        self.tasks: dict[tuple[str, int], Task] = {}
        self.people: dict[str, Person] = {}
        self.owner = self._add_person(_FIRST_PERSON, manager, f"{manager.replace(' ', '.').lower()}@example.com", OWNER)
        sales = Space(workspace.number("space", 90_150), "Sales")
        service = Space(workspace.number("space", 90_150), "Service")
        hidden = Folder(workspace.number("folder", 90_120), "hidden", sales, is_hidden=True)
        desk = Folder(workspace.number("folder", 90_120), "Customer service", service)
        workspace.spaces.update({space.id: space for space in (sales, service)})
        workspace.folders.update({folder.id: folder for folder in (hidden, desk)})
        self.deals = workspace.add_list("Deals", hidden, STAGES)
        self.companies = workspace.add_list("Companies", hidden, RECORDS)
        self.contacts = workspace.add_list("Contacts", hidden, RECORDS)
        self.support = workspace.add_list("Support", desk, DESK)

    def run(self) -> None:
        """Add everything, in an order in which each thing finds what it refers to."""
        self._add_people()
        company = self._company_fields()
        for record in self.portal.table(COMPANIES):
            self._add_company(record, company)
        contact = self._contact_fields()
        for record in self.portal.table(CONTACTS):
            self._add_contact(record, contact)
        deal = self._deal_fields()
        for record in self.portal.table(DEALS):
            self._add_deal(record, deal)

    def _add_person(self, key: int, name: str, email: str, role: int) -> Person:
        made = self.workspace.people[key] = Person(key, name, email, role)
        return made

    def _add_people(self) -> None:
        by_user: dict[int, Person] = {}
        for place, owner in enumerate(self.portal.owners.values(), 1):
            person = Person(_FIRST_PERSON + 7 * place, f"{owner.first_name} {owner.last_name}", owner.email)
            self.workspace.people[person.id] = self.people[str(owner.id)] = by_user[owner.user_id] = person
        for team in self.portal.teams.values():
            members = [by_user[user] for user in (*team.primary, *team.secondary)]
            self.workspace.groups.append(Group(self.workspace.uuid(), team.name, members))

    def field(self, place: TaskList, name: str, kind: str, config: Raw | None = None) -> Field:
        """Make a field as people would have."""
        return self.workspace.add_field(name, kind, place.id, config or {}, created=FOUNDED)

    def options(self, *names: str, word: str = "name") -> Raw:
        """Return the options of a field to choose from."""
        return {"options": [{"id": self.workspace.uuid(), word: name, "orderindex": place} for place, name in enumerate(names)]}

    def _company_fields(self) -> Mapping[str, Field]:
        industries = dict.fromkeys(record.values["industry"] for record in self.portal.table(COMPANIES))
        made = [
            self.field(self.companies, "Industry", "drop_down", self.options(*industries)),
            self.field(self.companies, "Country", "short_text"),
            self.field(self.companies, "Annual revenue", "currency", {"currency_type": "USD", "precision": 2}),
            self.field(self.companies, "Employees", "number"),
        ]
        return {field.name: field for field in made}

    def _contact_fields(self) -> Mapping[str, Field]:
        made = [self.field(self.contacts, "Email", "email"), self.field(self.contacts, "Company", "tasks")]
        return {field.name: field for field in made}

    def _deal_fields(self) -> Mapping[str, Field]:
        products = (record.values["name"] for record in self.portal.table(PRODUCTS))
        made = [
            self.field(self.deals, "Deal value", "currency", {"currency_type": "USD", "precision": 2}),
            self.field(self.deals, "Close date", "date"),
            self.field(self.deals, "Company", "tasks", {"subcategory_id": self.companies.id}),
            self.field(self.deals, "Contact", "tasks", {"subcategory_id": self.contacts.id}),
            self.field(self.deals, "Source", "drop_down", self.options(*_SOURCES)),
            self.field(self.deals, "Lost reason", "drop_down", self.options(*_REASONS)),
            self.field(self.deals, "Product", "labels", self.options(*products, word="label")),
            self.field(self.deals, "Deal type", "drop_down", self.options(*_KINDS)),
        ]
        return {field.name: field for field in made}

    def add(self, place: TaskList, record: Record, name: str, log: list[tuple[str, int]]) -> Task:
        """Add a task that was made when the record was, and last changed when its status did."""
        task = Task(
            id=self.workspace.task_id(),
            name=name,
            place=place,
            created=record.created,
            updated=max(record.created, log[-1][1]),
            creator=self.owner,
            log=log,
        )
        self.workspace.tasks[task.id] = self.tasks[record.kind.name, record.id] = task
        return task

    def linked(self, record: Record, kind: Kind) -> list[str]:
        """Return the tasks of the records of a kind that a record is linked to."""
        return [self.tasks[kind.name, one].id for one in self.portal.links.of(record.kind, record.id, kind)]

    def _add_company(self, record: Record, fields: Mapping[str, Field]) -> None:
        values = record.values
        task = self.add(self.companies, record, values["name"], [("to do", record.created)])
        task.values[fields["Industry"].id] = fields["Industry"].option(values["industry"])
        task.values[fields["Country"].id] = values["country"]
        task.values[fields["Annual revenue"].id] = values["annualrevenue"]
        task.values[fields["Employees"].id] = values["numberofemployees"]

    def _add_contact(self, record: Record, fields: Mapping[str, Field]) -> None:
        name = f"{record.values['firstname']} {record.values['lastname']}"
        task = self.add(self.contacts, record, name, [("to do", record.created)])
        task.values[fields["Email"].id] = record.values["email"]
        task.values[fields["Company"].id] = self.linked(record, COMPANIES)

    def _add_deal(self, record: Record, fields: Mapping[str, Field]) -> None:
        values = record.values
        log = [(_STAGE_NAMES[entry.value], entry.at) for entry in record.history["dealstage"]]
        task = self.add(self.deals, record, values["dealname"], log)
        person = self.people[values["hubspot_owner_id"]]
        task.assignees, task.creator = [person], person
        close = instant(values.get("closedate", ""))
        given: dict[str, object] = {
            "Deal value": values["amount"],
            "Close date": None if close is None else str(close),
            "Company": self.linked(record, COMPANIES),
            "Contact": self.linked(record, CONTACTS),
            "Product": [fields["Product"].option(name) for name in self._products(record)],
        }
        task.values.update({fields[name].id: value for name, value in given.items() if value})

    def _products(self, record: Record) -> list[str]:
        items = (self.portal.table(LINE_ITEMS).find(str(one)) for one in self.portal.links.of(DEALS, record.id, LINE_ITEMS))
        return [item.values["name"] for item in items if item]
