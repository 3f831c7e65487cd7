"""Writes our fields: made when missing, never taken from others, and values sent for all records at once that get the same."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from connector.adapters.odoo.fields import MODELS, NEVER_EMPTY, TYPES, ZEROS, Definition, Fields, called, name_of, values_of
from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.words import MARK, TITLE
from connector.errors import AccessRefused
from connector.http import Refused, Unanswered
from connector.model import Entity, FieldSpec, FieldWrite, Receipt, Result, Status

_ZEROS_MEAN = f"Names those of our numbers that are really 0; Odoo shows 0 for empty ones, too. {MARK} v1]"
_TAKEN = "The name {} on {} is taken by a field that is not ours."
_NOWHERE = "{} keeps no fields of ours on {}."


def help_of(spec: FieldSpec) -> str:
    """Return what people read about a field, ending with our marker and the version of the definition."""
    return f"{spec.means} {MARK} v{spec.version}]"


class Writing:
    """The writing side of fields in one database."""

    def __init__(self, rpc: Rpc, fields: Fields) -> None:
        self._rpc = rpc
        self._fields = fields

    async def ensure(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make the fields that are missing; results stand in the order of `fields`."""
        results: dict[tuple[Entity, str], Result] = {}
        for entity, part in groupby(sorted(fields, key=lambda spec: spec.entity), key=lambda spec: spec.entity):
            specs = list(part)
            results |= {(entity, result.key): result for result in await self._ensure(MODELS.get(entity), specs)}
        return Receipt(tuple(results[spec.entity, spec.name] for spec in fields))

    async def _ensure(self, model: str | None, specs: Sequence[FieldSpec]) -> list[Result]:
        if model is None:
            return _all(specs, Status.REFUSED, _NOWHERE.format(TITLE, specs[0].entity))
        try:
            zeros = called(specs[0].entity, ZEROS)
            there = await self._fields.of(model, {zeros, *map(name_of, specs)})
            missing = [spec for spec in specs if name_of(spec) not in there]
            is_taken = zeros in there and not there[zeros].is_our("char")
            stuck = [spec for spec in specs if is_taken and spec.kind in NEVER_EMPTY]
            missing = [spec for spec in missing if spec not in stuck]
            needs_zeros = zeros not in there and any(spec.kind in NEVER_EMPTY for spec in specs)
            await self._make(model, missing, zeros if needs_zeros else None)
            there = await self._fields.of(model, {zeros, *map(name_of, specs)}) if missing else there
            settled = [await self._settled(model, spec, there.get(name_of(spec))) for spec in specs if spec not in stuck]
            # Without a list of its zeros a number of Odoo cannot be empty.
            return settled + _all(stuck, Status.REFUSED, _TAKEN.format(zeros, model))
        except (AccessRefused, Refused) as error:
            return _all(specs, Status.REFUSED, str(error))
        except Unanswered as error:
            return _all(specs, Status.UNKNOWN, str(error))

    async def _make(self, model: str, specs: Sequence[FieldSpec], zeros: str | None) -> None:
        """Make all fields at once, because Odoo sets its models up anew after each call."""
        rows = [_row(name_of(spec), TYPES[spec.kind], spec.label, help_of(spec)) for spec in specs]
        rows += [_row(zeros, "char", "KPI: Zeros", _ZEROS_MEAN)] if zeros else []
        if rows:
            found = await self._rpc.rows("ir.model", [["model", "=", model]], ["model"])
            await self._rpc.create("ir.model.fields", [{**row, "model_id": found[0]["id"]} for row in rows])

    async def _settled(self, model: str, spec: FieldSpec, found: Definition | None) -> Result:
        """Judge a field that is there, and bring what people read about it up to the present definition and language."""
        if found is None:
            return Result(spec.name, Status.UNKNOWN, f"{TITLE} did not make {name_of(spec)} on {model}.")
        if not found.is_ours:
            return Result(spec.name, Status.REFUSED, _TAKEN.format(name_of(spec), model))
        if found.type != TYPES[spec.kind]:
            why = f"{TITLE}'s {name_of(spec)} on {model} is of type {found.type}, but {TYPES[spec.kind]} is needed."
            return Result(spec.name, Status.REFUSED, why)
        changes = {"help": help_of(spec)} if found.help != help_of(spec) else {}
        if found.label != spec.label and found.label in spec.wording.labels:
            changes["field_description"] = spec.label
        if changes:
            rows = await self._rpc.rows("ir.model.fields", [["model", "=", model], ["name", "=", name_of(spec)]], [])
            await self._rpc.send("ir.model.fields", "write", ids=[row["id"] for row in rows], vals=changes, is_repeatable=True)
        return Result(spec.name, Status.OK, remote=name_of(spec))

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`; a record that is there no more is refused, and the others arrive."""
        by_record: dict[str, list[FieldWrite]] = {}
        for one in writes:
            by_record.setdefault(one.record, []).append(one)
        model = MODELS.get(writes[0].entity) if writes else None
        if model is None:
            return Receipt(tuple(_same(by_record, Status.REFUSED, _NOWHERE.format(TITLE, writes[0].entity)))) if writes else Receipt(())
        specs = list({one.spec.name: one.spec for one in writes}.values())
        try:
            zeros = [called(specs[0].entity, ZEROS)] if any(spec.kind in NEVER_EMPTY for spec in specs) else []
            if lost := await self._lost(model, specs, zeros):
                why = f"{TITLE} has no field {', '.join(lost)} of ours on {model} any more; the next run makes it again."
                return Receipt(tuple(_same(by_record, Status.REFUSED, why)))
            return Receipt(tuple(await self._write(model, by_record, zeros)))
        except (AccessRefused, Refused) as error:
            # What is refused once something was sent is dealt with below, so nothing was.
            return Receipt(tuple(_same(by_record, Status.REFUSED, str(error))))

    async def _lost(self, model: str, specs: Sequence[FieldSpec], zeros: Sequence[str]) -> list[str]:
        """Return which of the fields that are to be written are not there, or not ours."""
        there = await self._fields.of(model, {*zeros, *map(name_of, specs)})
        lost = [name_of(spec) for spec in specs if name_of(spec) not in there or not there[name_of(spec)].is_ours]
        return lost + [name for name in zeros if name not in there or not there[name].is_our("char")]

    async def _write(self, model: str, by_record: Mapping[str, Sequence[FieldWrite]], zeros: Sequence[str]) -> list[Result]:
        numbers = [int(one) for one in by_record if one.isdecimal()]
        rows = {str(row["id"]): row for row in await self._rpc.rows(model, [["id", "in", numbers]], zeros)}
        gone = [one for one in by_record if one not in rows]
        results = _same(gone, Status.REFUSED, f"{TITLE} has no such record any more.")
        groups: dict[str, list[str]] = {}
        for record, writes in by_record.items():
            if record in rows:
                groups.setdefault(json.dumps(values_of(writes, rows[record]), sort_keys=True), []).append(record)
        for values, records in groups.items():
            results += await self._send(model, records, json.loads(values))
        return results

    async def _send(self, model: str, records: Sequence[str], values: Mapping[str, Any]) -> list[Result]:
        try:
            await self._rpc.send(model, "write", ids=[int(one) for one in records], vals=values, is_repeatable=True)
        except Unanswered as error:
            return _same(records, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            if len(records) == 1:
                return _same(records, Status.REFUSED, str(error))
            # One record that a rule forbids makes Odoo refuse them all.
            middle = len(records) // 2
            return [result for half in (records[:middle], records[middle:]) for result in await self._send(model, half, values)]
        return [Result(one, Status.OK, remote=one) for one in records]


def _row(name: str, kind: str, label: str, help_: str) -> dict[str, object]:
    # A copied deal is not as old or as likely as the one it was copied from.
    return {"name": name, "ttype": kind, "field_description": label, "help": help_, "state": "manual", "copied": False}


def _all(specs: Sequence[FieldSpec], status: Status, message: str) -> list[Result]:
    return [Result(spec.name, status, message) for spec in specs]


def _same(records: Sequence[str] | Mapping[str, object], status: Status, message: str) -> list[Result]:
    return [Result(one, status, message) for one in records]
