"""Makes the fields that a plan needs, and labels those that are ours in the account's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from connector.errors import AccessRefused
from connector.kpis.languages import in_language
from connector.model import Entity, FieldChange, FieldSpec, Receipt, Status
from connector.steps.boarding import own_specs
from connector.steps.lines import lines
from connector.steps.work import Work
from connector.store import Item, Lease


async def provision(work: Work, lease: Lease, plan_id: str) -> None:
    """Make sure that every field of the plan is there and ours; values for a field that is not ours are refused."""
    items = [item for item in await lines(work, plan_id, "planned") if isinstance(item.change, FieldChange)]
    needed = {_place(item.change.spec): item.change.spec for item in items if isinstance(item.change, FieldChange)}
    labelled = await work.ask(work.store.plans.languages, work.account)
    renamed = {_place(spec): spec for spec in await _foreign(work, labelled)}
    for entity, wanted in _by_entity({**renamed, **needed}.values()):
        specs = [replace(in_language(spec, work.config.house.language), is_owned=_place(spec) in labelled) for spec in wanted]
        receipt = await work.adapter.ensure_fields(specs)
        await _note(work, lease, {spec.name: spec for spec in wanted}, receipt)
        refused = {result.key: result for result in receipt.results if result.status is not Status.OK}
        outcomes = {item.seq: refused[name] for item in items if (name := _field_of(item, entity)) in refused}
        await work.ask(work.store.plans.record, lease, plan_id, outcomes)


async def _foreign(work: Work, labelled: Mapping[tuple[Entity, str], str]) -> Sequence[FieldSpec]:
    """Return the fields of ours that are labelled in another language than the account's by now, as far as the CRM still has them."""
    specs = own_specs(work)
    stale = [place for place, language in labelled.items() if language != work.config.house.language]
    there = {entity: await _names(work, entity) for entity in {entity for entity, _ in stale}}
    return [specs[f"{entity}.{name}"] for entity, name in stale if name in there[entity] and f"{entity}.{name}" in specs]


async def _names(work: Work, entity: Entity) -> set[str]:
    try:
        return await work.adapter.present_fields(entity)
    except AccessRefused:
        return set()


def _place(spec: FieldSpec) -> tuple[Entity, str]:
    return spec.entity, spec.name


def _by_entity(specs: Iterable[FieldSpec]) -> Iterable[tuple[Entity, list[FieldSpec]]]:
    ordered = sorted(specs, key=lambda spec: spec.entity)
    return [(entity, list(group)) for entity, group in groupby(ordered, key=lambda spec: spec.entity)]


def _field_of(item: Item, entity: Entity) -> str:
    change = item.change
    return change.spec.name if isinstance(change, FieldChange) and change.spec.entity is entity else ""


async def _note(work: Work, lease: Lease, specs: Mapping[str, FieldSpec], receipt: Receipt) -> None:
    plans, language = work.store.plans, work.config.house.language
    for result in receipt.results:
        if result.status is Status.OK:
            spec = specs[result.key]
            await work.ask(plans.own_field, lease, spec.entity, spec.name, spec.version, language=language)
        else:
            work.progress.say(f"{result.key}: {result.message}")
