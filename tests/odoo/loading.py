"""Puts real deals into an Odoo through its API, as people would, and then dates them back in the database, which its API cannot do.

They come as the records of another CRM in our own words, so that both hold the same. What Odoo cannot hold is left out: a second team
of one person, and the stages of lost deals.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.model import (
    Company,
    Contact,
    Deal,
    FieldHistory,
    GoalRecord,
    LineItem,
    Membership,
    Outcome,
    Product,
    Record,
    Stage,
    StageChange,
    Team,
    User,
)
from tests.odoo.busy import busy_with
from tests.odoo.people import People
from tests.odoo.server import Server
from tests.odoo.surveys import survey_customers

ZONE = "America/New_York"
QUIET = {"no_reset_password": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
_DAY = timedelta(days=1)
_WE = 1
"""The company's own partner, which stands for a customer that nobody knows yet: an order must have one."""


class Loading:
    """The work of filling one database; `ids` gives, by the other CRM's entity and id, the id that a record has here."""

    def __init__(self, server: Server, database: str, records: Sequence[Record]) -> None:
        self.people = People(server.url, database)
        self.ids: dict[tuple[str, str], int] = {}
        self._server = server
        self._database = database
        self._by_kind: dict[type[Record], list[Any]] = defaultdict(list)
        for record in records:
            self._by_kind[type(record)].append(record)
        self._stages = {stage.id: stage for stage in self._by_kind[Stage] if stage.pipeline == "default"}
        self._amounts = {
            row.record: Decimal(row.old or 0) for row in reversed(self._by_kind[FieldHistory]) if row.field == "amount" and row.old
        }

    def run(self) -> Mapping[tuple[str, str], int]:
        """Add everything, in an order in which each thing finds what it refers to."""
        self._set_up()
        self._add_people()
        self._add_partners()
        self._add_deals()
        self._add_orders()
        self._add_goals()
        customers = [self._of("companies", one.id) for one in self._by_kind[Company]]
        survey_customers(self.people, self._server, self._database, customers)
        self._date_back()
        return self.ids

    def _set_up(self) -> None:
        """Give the company its currency, our user a time zone, and the pipeline its stages."""
        dollar = self.people.find("res.currency", ["name", "=", "USD"], fields=["name"])[0]["id"]
        self.people.call("res.currency", "write", [dollar], {"active": True})
        self.people.call("res.company", "write", [1], {"currency_id": dollar, "name": "Maven"})
        me = self.people.find("res.users", ["login", "=", "admin"], fields=["login"])[0]["id"]
        self.people.call("res.users", "write", [me], {"tz": ZONE})
        old = self.people.find("crm.stage", fields=["is_won"])
        self.people.call("crm.stage", "unlink", [row["id"] for row in old])
        open_or_won = [stage for stage in self._stages.values() if stage.outcome is not Outcome.LOST]
        rows = [
            {"name": one.name, "sequence": 10 * place, "is_won": one.outcome is Outcome.WON} for place, one in enumerate(open_or_won, 1)
        ]
        self._add("stages", open_or_won, self.people.make("crm.stage", rows))

    def _add(self, kind: str, records: Sequence[Record], made: Sequence[int]) -> None:
        self.ids |= {(kind, record.id): number for record, number in zip(records, made, strict=True)}

    def _of(self, kind: str, key: str | None) -> int | bool:
        return self.ids.get((kind, key or ""), False)

    def _add_people(self) -> None:
        users: list[User] = self._by_kind[User]
        sells = self.people.id_of("sales_team.group_sale_salesman_all_leads")
        rows = [
            {"name": user.name, "login": f"user{place}@example.com", "tz": ZONE, "groups_id": [[4, sells]]}
            for place, user in enumerate(users)
        ]
        self._add("users", users, self.people.make("res.users", rows, **QUIET))
        stays: list[Membership] = [stay for stay in self._by_kind[Membership] if stay.is_primary]
        teams: list[Team] = [team for team in self._by_kind[Team] if any(stay.team == team.id for stay in stays)]
        members = {team.id: [self._of("users", stay.user) for stay in stays if stay.team == team.id] for team in teams}
        self.people.call("crm.team", "unlink", [row["id"] for row in self.people.find("crm.team", ["active", "=", True], fields=["name"])])
        rows = [{"name": team.name, "member_ids": [[6, 0, members[team.id]]]} for team in teams]
        self._add("teams", teams, self.people.make("crm.team", rows, **QUIET))

    def _add_partners(self) -> None:
        companies: list[Company] = self._by_kind[Company]
        names = sorted({company.industry for company in companies if company.industry})
        industries = dict(zip(names, self.people.make("res.partner.industry", [{"name": name} for name in names]), strict=True))
        rows = [{"name": one.name, "is_company": True, "industry_id": industries.get(one.industry or "", False)} for one in companies]
        self._add("companies", companies, self.people.make("res.partner", rows, **QUIET))
        contacts: list[Contact] = [one for one in self._by_kind[Contact] if one.company]
        rows = [{"name": f"Contact {place}", "parent_id": self._of("companies", one.company)} for place, one in enumerate(contacts)]
        self._add("contacts", contacts, self.people.make("res.partner", rows, **QUIET))

    def _add_deals(self) -> None:
        deals: list[Deal] = self._by_kind[Deal]
        first = {stay.deal: stay.stage for stay in reversed(self._by_kind[StageChange])}
        self._add("deals", deals, self.people.make("crm.lead", [self._begun(deal, first[deal.id]) for deal in deals], **QUIET))
        # Nobody follows, so that Odoo writes no e-mail about any of what happens to them.
        self.people.call("mail.followers", "unlink", [row["id"] for row in self.people.find("mail.followers", fields=["res_id"])])
        outcomes = {deal.id: self._stages[deal.stage or ""].outcome for deal in deals}
        won: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
        lost: list[int] = []
        for deal in deals:
            number = self.ids["deals", deal.id]
            if outcomes[deal.id] is Outcome.WON:
                won[deal.stage or "", deal.amount or Decimal(0)].append(number)
            elif outcomes[deal.id] is Outcome.LOST:
                lost.append(number)
        for (stage, amount), numbers in won.items():
            self.people.call("crm.lead", "write", numbers, {"stage_id": self._of("stages", stage), "expected_revenue": float(amount)})
        # The data has no leads; Odoo's are these, and the first deal, which was one before.
        leads = self.people.make("crm.lead", [{"name": f"Lead {one}", "type": "lead", "team_id": False} for one in range(2)], **QUIET)
        self.people.call("crm.lead", "action_set_lost", leads[:1])
        busy_with(self.people, leads[1])
        self.people.call("crm.lead", "write", lost, {"expected_revenue": 0})
        self.people.call("crm.lead", "action_set_lost", lost)

    def _begun(self, deal: Deal, stage: str) -> Mapping[str, object]:
        return {
            "name": deal.name,
            "type": "opportunity",
            "stage_id": self._of("stages", stage),
            "user_id": self._of("users", deal.owner),
            "team_id": False,
            # Odoo would guess a chance by itself; with one of people's own it is the same as elsewhere.
            "probability": float((self._stages[stage].probability or 0) * 100),
            "partner_id": self._of("contacts", deal.contact) or self._of("companies", deal.company),
            "expected_revenue": float(self._amounts.get(deal.id, deal.amount or 0)),
            "date_deadline": deal.expected_close_on.isoformat() if deal.expected_close_on else False,
        }

    def _add_orders(self) -> None:
        """Offer one product for each deal, and let what was won be ordered."""
        products: list[Product] = self._by_kind[Product]
        rows = [{"name": one.name, "list_price": float(one.list_price or 0), "sale_ok": True} for one in products]
        self._add("products", products, self.people.make("product.product", rows))
        deals: dict[str | None, Deal] = {deal.id: deal for deal in self._by_kind[Deal]}
        items: list[LineItem] = [one for one in self._by_kind[LineItem] if one.deal in deals]
        orders = [
            {
                "partner_id": self._of("contacts", deals[one.deal].contact) or self._of("companies", deals[one.deal].company) or _WE,
                "opportunity_id": self._of("deals", one.deal),
                "order_line": [[0, 0, {"product_id": self._of("products", one.product), "price_unit": float(one.amount or 0)}]],
            }
            for one in items
        ]
        made = self.people.make("sale.order", orders, **QUIET)
        outcomes = [self._stages[deals[one.deal].stage or ""].outcome for one in items]
        won = [order for order, outcome in zip(made, outcomes, strict=True) if outcome is Outcome.WON]
        self.people.call("sale.order", "action_confirm", won)
        self._add(
            "line_items", items, [row["id"] for row in self.people.find("sale.order.line", ["order_id", "in", made], fields=["order_id"])]
        )

    def _add_goals(self) -> None:
        """Make goals as people do: Odoo sums up what their users have won."""
        rows: list[GoalRecord] = [
            one for one in self._by_kind[GoalRecord] if (one.kpi, one.subject_type) == ("revenue_won", "owner") and one.starts_on
        ]
        fields = {
            row["name"]: row["id"]
            for row in self.people.find("ir.model.fields", ["model", "=", "crm.lead"], ["name", "in", ["expected_revenue", "date_closed"]])
        }
        definition = {
            "name": "Won revenue",
            "computation_mode": "sum",
            "condition": "higher",
            "model_id": self.people.find("ir.model", ["model", "=", "crm.lead"], fields=["model"])[0]["id"],
            "field_id": fields["expected_revenue"],
            "field_date_id": fields["date_closed"],
            "domain": "[('stage_id.is_won', '=', True), ('user_id', '=', user.id)]",
        }
        made = self.people.make("gamification.goal.definition", [definition])[0]
        goals = [
            {
                "definition_id": made,
                "user_id": self._of("users", one.subject),
                "start_date": str(one.starts_on),
                "end_date": str((one.ends_on or date.max) - _DAY),
                "target_goal": float(one.target or 0),
                "state": "inprogress",
            }
            for one in rows
        ]
        self._add("goals", rows, self.people.make("gamification.goal", goals))

    def _date_back(self) -> None:
        """Let everything have happened when it did."""
        deals: list[Deal] = self._by_kind[Deal]
        with self._server.connect(self._database) as connection, connection.cursor() as cursor:
            rows = [(self.ids["deals", one.id], _plain(one.created_at), _plain(one.closed_at)) for one in deals]
            cursor.executemany(_DEAL, [(made, made, closed, closed or made, closed or made, number) for number, made, closed in rows])
            by = [self._of("users", one.owner) for one in deals]
            cursor.executemany(_TRACKING, [(closed or made, who, number) for (number, made, closed), who in zip(rows, by, strict=True)])
            cursor.executemany(_ORDERED, [(closed, number) for number, _, closed in rows])
            cursor.execute("UPDATE crm_lead SET date_conversion = create_date WHERE id = %s", [rows[0][0]])
            for kind, table in (("users", "res_users"), ("companies", "res_partner"), ("contacts", "res_partner")):
                dated = [one for group in self._by_kind.values() for one in group if one.entity == kind and (kind, one.id) in self.ids]
                own = [(_plain(one.created_at), _plain(one.created_at), self.ids[kind, one.id]) for one in dated]
                cursor.executemany(f"UPDATE {table} SET create_date = %s, write_date = %s WHERE id = %s", own)  # noqa: S608 - of two tables


_DEAL = """
UPDATE crm_lead SET create_date = %s, date_open = %s, date_closed = CASE WHEN active THEN %s::timestamp END,
    date_last_stage_update = %s, write_date = %s
WHERE id = %s
"""
_TRACKING = """
UPDATE mail_tracking_value SET create_date = %s, create_uid = %s
FROM mail_message AS message
WHERE message.id = mail_message_id AND message.model = 'crm.lead' AND message.res_id = %s
"""
_ORDERED = """
UPDATE sale_order_line SET create_date = %s
FROM sale_order
WHERE sale_order.id = order_id AND opportunity_id = %s
"""


def _plain(moment: datetime | None) -> datetime | None:
    """Return a moment as Odoo's columns have it: in UTC, without saying so."""
    return moment.replace(tzinfo=None) if moment else None
