"""Proposes what a Workspace's lists, statuses and fields mean: by their names and types. Nothing here writes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from connector.adapters.clickup.account import Accounts
from connector.adapters.clickup.objects import Objects
from connector.adapters.clickup.parse import is_called, name_of, options_of
from connector.adapters.clickup.places import CLOSED, Place, place_of
from connector.adapters.clickup.words import name_in
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Proposal

_MOST = 12
"""How many lists, fields or options are told at most."""

# English, Swedish, Finnish, Ukrainian, Portuguese and Polish words for the same things.
_LISTS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(words, re.IGNORECASE)
    for name, words in {
        "deal_lists": r"deal|opportunit|pipeline|affär|kaupat|myynti|угод|negócio|oportunidad|szans|transakc",
        "company_lists": r"compan|account|customer|client|organi[sz]ation|företag|kund|yrity|asiakk|компан|клієнт|empresa|firm|klien",
        "contact_lists": r"contact|people|person|kontakt|henkilö|yhteyshenk|контакт|contato|contacto|osob",
        "ticket_lists": r"support|ticket|service|help.?desk|request|case|ärende|tuki|підтрим|звернен|suporte|atendimento|zgłosz|wsparci",
    }.items()
}
_WON = re.compile(r"\bwon\b|closed.?won|vunn|voitet|виграно|успіш|ganh|wygran", re.IGNORECASE)
_LOST = re.compile(r"\blost\b|closed.?lost|förlor|hävit|menetet|програ|втрач|perdid|przegran", re.IGNORECASE)
_FIELDS: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]] = {
    name: (types, re.compile(words, re.IGNORECASE))
    for name, (types, words) in {
        "amount_field": (("currency", "number"), r"value|amount|revenue|price|belopp|värde|arvo|summa|сум|вартіст|valor|kwota|wartość"),
        "close_date_field": (("date",), r"clos|expected|signing|stäng|avslut|päätös|закрит|fecha|fech|zamkn"),
        "company_field": (
            ("tasks", "list_relationship"),
            r"compan|account|customer|client|företag|kund|yrity|asiak|компан|клієнт|empresa|firm|klient",
        ),
        "contact_field": (("tasks", "list_relationship"), r"contact|person|kontakt|henkilö|контакт|contato|osob"),
        "source_field": (("drop_down", "labels", "short_text"), r"source|channel|origin|källa|lähde|джерел|canal|origem|źródł"),
        "lost_reason_field": (
            ("drop_down", "labels", "short_text", "text"),
            r"(lost|loss).*(reason|why)|reason|orsak|syy|причин|motivo|powód",
        ),
        "product_field": (("labels", "drop_down"), r"product|service|item|tuot|produkt|продукт|товар|produto"),
        "deal_type_field": (("drop_down",), r"type|kind|typ|tyyppi|тип|tipo|rodzaj"),
    }.items()
}
_COMPANY_FIELDS: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]] = {
    name: (types, re.compile(words, re.IGNORECASE))
    for name, (types, words) in {
        "industry_field": (("drop_down", "labels", "short_text"), r"industry|segment|sector|bransch|toimiala|галузь|setor|branż"),
        "country_field": (("drop_down", "short_text", "labels"), r"country|land\b|maa\b|країн|país|kraj"),
        "employees_field": (("number",), r"employee|headcount|staff|anställd|henkilöst|працівник|funcionári|pracownik"),
    }.items()
}
_TICKET_FIELDS: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]] = {
    name: (types, re.compile(words, re.IGNORECASE))
    for name, (types, words) in {
        "channel_field": (("drop_down", "labels", "short_text"), r"channel|origin|kanal|kanava|канал|canal"),
        "category_field": (
            ("drop_down", "labels", "short_text"),
            r"category|type|topic|kategor|typ|tyyppi|aihe|катег|тип|categoria|tipo|rodzaj",
        ),
    }.items()
}
_KINDS = (
    ("renewal", re.compile(r"renew|förny|uusi(nta|mi)|поновл|продовж|renova|odnow", re.IGNORECASE)),
    ("cross_sell", re.compile(r"cross|korsför|ristiin|перехресн|cruzad|krzyż", re.IGNORECASE)),
    (
        "upsell",
        re.compile(r"existing|upsell|up-sell|expan|upgrade|merför|lisämyyn|допродаж|існуюч|наявн|existente|istniejąc", re.IGNORECASE),
    ),
)
Fields = Sequence[Body]


class Proposing:
    """Looks at one Workspace."""

    def __init__(self, objects: Objects, accounts: Accounts) -> None:
        self._objects = objects
        self._accounts = accounts
        self._settings = accounts.settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose a mapping, see `Adapter`; what is proposed of statuses and fields is of the lists that are set or proposed."""
        workspace = str((await self._accounts.workspace())["id"])
        try:
            every = await self._objects.lists(workspace)
            found = [self._lists(setting, every) for setting in _LISTS]
            deals = await self._meant("deal_lists", found, workspace)
            companies = await self._meant("company_lists", found, workspace)
            found += self._statuses(deals)
            found += self._fields(await self._of(deals), _FIELDS)
            found += self._fields(await self._of(companies), _COMPANY_FIELDS)
            tickets = await self._meant("ticket_lists", found, workspace)
            found += self._fields(await self._of(tickets), _TICKET_FIELDS)
        except (AccessRefused, Refused):
            # What the token may not see, `check` has said already.
            return ()
        return found

    def _lists(self, setting: str, every: Sequence[Body]) -> Proposal:
        set_now: Sequence[str] = getattr(self._settings, setting)
        seen = tuple((f"{row['id']} ({row.get('name')})", _count(row.get("task_count"))) for row in every[:_MOST])
        if set_now:
            return Proposal(setting, tuple(set_now), "It is set.", seen)
        fit = [row for row in every if _LISTS[setting].search(str(row.get("name")))]
        taken = [other for other, words in _LISTS.items() if other != setting and any(words.search(str(row.get("name"))) for row in fit)]
        if not fit:
            return Proposal(setting, None, "No list is called so that it looks like this.", seen)
        names = " and ".join(str(row.get("name")) for row in fit)
        doubt = f"; it may be {' or '.join(taken)}, too" if taken else ""
        return Proposal(setting, tuple(str(row["id"]) for row in fit), f"By the name of {names}{doubt}.", seen)

    async def _meant(self, setting: str, found: Sequence[Proposal], workspace: str) -> list[Place]:
        if getattr(self._settings, setting):
            return await self._accounts.places.named(setting, workspace)
        ids = next((one.value for one in found if one.setting == setting), None) or ()
        return [place_of(row) for row in await together(self._objects.one_list(one) for one in ids)]

    async def _of(self, places: Sequence[Place]) -> Fields:
        """Return the fields of some lists without those that are ours, each name once, but where one list has several of it."""
        parts = await together(self._objects.fields(place.id) for place in places)
        doubled = {name for part in parts for name, count in Counter(map(_folded, part)).items() if count > 1}
        rows = [row for part in parts for row in part if not name_in(str(row.get("name")))]
        keyed = {str(row.get("id")) if _folded(row) in doubled else _folded(row): row for row in reversed(rows)}
        return list(keyed.values())[::-1]

    def _statuses(self, places: Sequence[Place]) -> list[Proposal]:
        there = {status.name: status.kind for place in places for status in place.statuses}
        seen = tuple((f"{name} ({kind})", None) for name, kind in there.items())
        won = [name for name in there if _WON.search(name)]
        lost = [name for name in there if _LOST.search(name)]
        done = [name for name, kind in there.items() if kind == CLOSED[0] and name not in lost]
        found = []
        for setting, fit, otherwise in (("won_statuses", won, done), ("lost_statuses", lost, [])):
            if there:
                because = "By their names." if fit else "By the type done." if otherwise else "No status is called so."
                found.append(self._proposal(setting, tuple(fit or otherwise) or None, because, seen))
        return found

    def _fields(self, rows: Fields, wanted: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]]) -> list[Proposal]:
        found: list[Proposal] = []
        taken: set[str] = set()
        names = Counter(map(_folded, rows))
        for setting, (types, words) in wanted.items():
            typed = [row for row in rows if row.get("type") in types]
            fit = [row for row in typed if words.search(str(row.get("name"))) and str(row.get("id")) not in taken]
            best = next((row for kind in types for row in fit if row.get("type") == kind), None)
            seen = tuple((f"{row.get('name')} ({row.get('type')})", None) for row in typed[:_MOST])
            if best is not None:
                taken.add(str(best.get("id")))
                # A name that fits two fields is refused, so one of those goes by its id.
                value = str(best.get("id" if names[_folded(best)] > 1 else "name"))
                because = f"By its name {str(best.get('name'))!r}, and because it is of the type {best['type']}."
                found.append(self._proposal(setting, value, because, seen))
            elif seen:
                found.append(self._proposal(setting, None, "No field of a fitting type is called so.", seen))
        return [*found, *self._kinds(rows, found)]

    def _kinds(self, rows: Fields, found: Iterable[Proposal]) -> list[Proposal]:
        wanted = next((one.value for one in found if one.setting == "deal_type_field"), None)
        field = next((row for row in rows if isinstance(wanted, str) and is_called(row, wanted)), {})
        names = [name for one in options_of(field) if (name := name_of(one))]
        if not names:
            return []
        meant = tuple(f"{name}={kind_of(name)}" for name in names)
        return [self._proposal("deal_kinds", meant, f"The values of {wanted} by their names.", tuple((name, None) for name in names))]

    def _proposal(
        self, setting: str, value: str | tuple[str, ...] | None, because: str, seen: tuple[tuple[str, int | None], ...]
    ) -> Proposal:
        set_now = getattr(self._settings, setting)
        return Proposal(setting, set_now, "It is set.", seen) if set_now else Proposal(setting, value, because, seen)


def kind_of(name: str) -> str:
    """Return which kind of business a value of the deal type stands for, by its name."""
    return next((kind for kind, words in _KINDS if words.search(name)), "new")


def _folded(field: Body) -> str:
    return str(field.get("name")).strip().casefold()


def _count(told: object) -> int | None:
    found = str(told)
    return int(found) if found.isdecimal() else None
