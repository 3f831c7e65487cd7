"""Fills an account with the same sales data as the HubSpot in a box, told in Nutshell's words.

The other box is the one source of what is generated beside the files (see its seed), so that both hold the same deals with the same
moments. What Nutshell has no place for is left out: parent companies, list prices, the amount of a deal before it closed.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connector.sandbox.hubspot.clock import instant
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS, KINDS, LINE_ITEMS, PRODUCTS, Kind
from connector.sandbox.hubspot.portal import Options as PortalOptions
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.seed import FOUNDED, seeded
from connector.sandbox.nutshell.account import Account, Options, Raw, Team, number, stamp

_STATUS = {"closedwon": "won", "closedlost": "lost"}
_CONFIDENCE = {"prospecting": 20, "engaging": 60, "closedwon": 100, "closedlost": 0}
_SECOND = 1000
_ACTIVE = 1


def filled(user: str, key: str, options: Options, data: Path | None = None) -> Account:
    """Return an account that holds the data from a folder, by default the shipped copy.

    Raises:
        OSError: the data cannot be read.
    """
    portal = seeded("", PortalOptions(now=options.now, extras=options.extras), data)
    account = Account(user, key, options)
    account.founded = FOUNDED // _SECOND
    _Filling(portal, account).run()
    return account


class _Filling:
    """The work of filling one account, step by step; `_ids` leads from the other box's ids to ours."""

    def __init__(self, portal: Portal, account: Account) -> None:
        self.portal = portal
        self.account = account
        self._ids: dict[tuple[str, str], str] = {}
        self._industries: dict[str, str] = {}
        self._happened: list[tuple[int, Raw, str, list[Raw]]] = []

    def run(self) -> None:
        """Add everything, in an order in which each thing finds what it refers to."""
        self._add_people()
        self._add_catalogues()
        for record in self.portal.table(COMPANIES):
            self._add_company(record)
        for record in self.portal.table(CONTACTS):
            self._add_contact(record)
        for record in self.portal.table(PRODUCTS):
            self._add("products", record, {"name": record.values["name"], "links": {}})
        for record in self.portal.table(DEALS):
            self._add_lead(record)
        if self.account.options.extras:
            self._add_activities()
        for at, raw, action, changes in sorted(self._happened, key=lambda one: one[0]):
            self.account.happen(raw, action, at, changes)

    def _add(self, kind: str, record: Record, values: Raw) -> Raw:
        row = self.account.add(kind, values)
        self._ids[kind, str(record.id)] = row.raw["id"]
        return row.raw

    def _found(self, kind: str, theirs: object) -> str | None:
        return self._ids.get((kind, str(theirs)))

    def _links(self, record: Record, kind: Kind, ours: str) -> list[str]:
        return [self._ids[ours, str(one)] for one in self.portal.links.of(record.kind, record.id, kind)]

    def _add_people(self) -> None:
        by_user: dict[int, str] = {}
        for owner in self.portal.owners.values():
            name = f"{owner.first_name} {owner.last_name}"
            row = self.account.add("users", {"name": name, "firstName": owner.first_name, "emails": [owner.email], "isEnabled": True})
            row.raw |= {"isAdministrator": False, "modifiedTime": FOUNDED // _SECOND}
            by_user[owner.user_id] = self._ids["users", str(owner.id)] = row.raw["id"]
        for place, team in enumerate(self.portal.teams.values(), 1):
            members = tuple(number(by_user[user]) for user in (*team.primary, *team.secondary))
            self.account.teams.append(Team(place, team.name, members))

    def _add_catalogues(self) -> None:
        add = self.account.add
        pipeline = add("stagesets", {"name": "Sales Pipeline", "default": True, "canAccess": True, "status": _ACTIVE}).raw["id"]
        for place, (theirs, name) in enumerate((("prospecting", "Prospecting"), ("engaging", "Engaging")), 1):
            row = add("stages", {"name": name, "description": None, "position": place, "links": {"stageset": pipeline}})
            self._ids["stages", theirs] = row.raw["id"]
        for status, name in (("won", "Signed"), ("lost", "Price"), ("cancelled", "Not serious")):
            add("outcomes", {"name": name, "status": status})
        add("sources", {"name": "Trade show", "channel": {"display": "Traditional"}})
        add("markets", {"name": "United States", "currency": "USD", "currencySymbol": "$", "isDefault": True})
        for name in ("Phone call", "Meeting"):
            self._ids["activityTypes", name] = add("activityTypes", {"name": name}).raw["id"]

    def _add_company(self, record: Record) -> None:
        values = record.values
        if values["industry"] not in self._industries:
            self._industries[values["industry"]] = self.account.add("industries", {"name": values["industry"]}).raw["id"]
        address = {"isPrimary": True, "name": "Office", "value": {"country": values["country"]}}
        shown: Raw = {"name": values["name"], "description": None, "revenue": {"amount": values["annualrevenue"], "currency": "USD"}}
        shown |= {"employeeCount": int(values["numberofemployees"]), "addresses": [address], "emails": [], "phones": [], "urls": []}
        links: Raw = {"owner": None, "creator": "3-users", "industry": self._industries[values["industry"]], "contacts": [], "tags": []}
        self._born(self._add("accounts", record, {**shown, "links": links}), record)

    def _add_contact(self, record: Record) -> None:
        name = f"{record.values['firstname']} {record.values['lastname']}"
        links = {"accounts": self._links(record, COMPANIES, "accounts"), "owner": None, "creator": "3-users", "tags": []}
        emails = [{"isPrimary": True, "name": "Work", "value": record.values["email"]}]
        self._born(self._add("contacts", record, {"name": name, "emails": emails, "links": links}), record)

    def _born(self, raw: Raw, record: Record) -> None:
        self._happened.append((record.created // _SECOND, raw, "create", []))

    def _add_lead(self, record: Record) -> None:
        values, created = record.values, record.created // _SECOND
        stages = [entry.value for entry in record.history["dealstage"]]
        status, close = _STATUS.get(values["dealstage"], "open"), instant(values.get("closedate", ""))
        stage = self._ids["stages", next(one for one in reversed(stages) if one not in _STATUS)]
        closed, due = (close, None) if status != "open" else (None, close)
        raw = self._add("leads", record, {"number": str(1000 + len(self.account.table("leads"))), "name": values["dealname"]})
        raw |= {"description": values["dealname"], "status": status, "confidence": _CONFIDENCE[values["dealstage"]], "priority": 0}
        raw |= {"value": {"amount": float(values["amount"]), "currency": "USD", "formatted": ""}, "createdTime": stamp(created)}
        raw |= {"closedTime": stamp(_seconds(closed)), "dueTime": stamp(_seconds(due)), "anticipatedClosedTime": stamp(_seconds(due))}
        raw |= {"deletedTime": None, "ownerType": "users", "htmlUrl": f"https://app.nutshell.com/lead/{raw['number']}"}
        raw["links"] = {
            "accounts": self._links(record, COMPANIES, "accounts"),
            "contacts": self._links(record, CONTACTS, "contacts"),
            "owner": self._found("users", values["hubspot_owner_id"]),
            "stage": stage,
            "stageset": "3-stagesets",
            "outcome": None,
            "sources": [],
            "productMaps": list(self._product_maps(record)),
            "tags": [],
        }
        self._born(raw, record)
        self._happened.append((created, raw, "stagechange", [stage_change(None, self.account.table("stages")[stage].raw)]))
        if closed is not None:
            # What Nutshell calls this in its events is [recall].
            self._happened.append((closed // _SECOND, raw, status, []))

    def _product_maps(self, record: Record) -> Iterable[str]:
        for one in self.portal.links.of(DEALS, record.id, LINE_ITEMS):
            item = self.portal.table(LINE_ITEMS).find(str(one))
            assert item is not None
            price = {"amount": item.values["amount"], "currency": "USD", "formatted": ""}
            links = {"product": self._found("products", item.values["hs_product_id"])}
            yield self.account.add("productMaps", {"price": price, "quantity": int(item.values["quantity"]), "links": links}).raw["id"]

    def _add_activities(self) -> None:
        for name, kind in (("calls", "Phone call"), ("meetings", "Meeting")):
            for record in self.portal.table(next(one for one in KINDS.values() if one.name == name)):
                self._add_activity(record, kind)

        for record in self.portal.table(next(one for one in KINDS.values() if one.name == "emails")):
            self._add_mail(record)

    def _add_mail(self, record: Record) -> None:
        at, is_answer = instant(record.values["hs_timestamp"]) or record.created, record.values["hs_email_direction"] == "INCOMING_EMAIL"
        us = [found for one in [record.values.get("hubspot_owner_id")] if (found := self._found("users", one))]
        them = [found for one in self.portal.links.of(record.kind, record.id, CONTACTS) if (found := self._found("contacts", one))]
        leads = [found for one in self.portal.links.of(record.kind, record.id, DEALS) if (found := self._found("leads", one))]
        links: Raw = {"from": them if is_answer else us, "to": us if is_answer else them, "cc": [], "leads": leads}
        values: Raw = {"subject": record.values["hs_email_subject"], "excerpt": "", "sentTime": at // _SECOND, "isAutomatedReply": False}
        values |= {
            "createdTime": record.created // _SECOND,
            "numViews": int(record.values.get("hs_email_open_count") or 0),
            "deletedTime": None,
        }
        self._born(self._add("emails", record, {**values, "links": links}), record)

    def _add_activity(self, record: Record, kind: str) -> None:
        at = instant(record.values.get("hs_timestamp", "")) or record.created
        owner = self._found("users", record.values.get("hubspot_owner_id"))
        links: dict[str, Any] = {"activityType": self._ids["activityTypes", kind], "users": [owner] if owner else [], "creator": owner}
        for theirs, ours in ((DEALS, "leads"), (CONTACTS, "contacts"), (COMPANIES, "accounts")):
            links[ours] = [found for one in self.portal.links.of(record.kind, record.id, theirs) if (found := self._found(ours, one))]
        values = {"name": kind, "startTime": at // _SECOND, "endTime": at // _SECOND + 1800, "createdTime": record.created // _SECOND}
        values |= {"modifiedTime": record.created // _SECOND, "deletedTime": None, "isLogged": True, "isCancelled": False, "links": links}
        self._born(self._add("activities", record, values), record)


def stage_change(old: Raw | None, new: Raw) -> Raw:
    """Return a change of stage as events tell it (recorded answer [AMP])."""
    shown = [stage and {"id": stage["id"], "type": "stages", "name": stage["name"], "position": stage["position"]} for stage in (old, new)]
    return {"attribute": "stage", "oldValue": shown[0], "newValue": shown[1]}


def _seconds(at: int | None) -> int | None:
    return None if at is None else at // _SECOND
