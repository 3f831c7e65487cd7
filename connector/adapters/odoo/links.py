"""Where people look at a record: Odoo's own pages, whose older form newer versions still understand."""

from connector.adapters.odoo import tickets
from connector.adapters.odoo.fields import MODELS
from connector.model import Entity


def link_of(url: str, entity: Entity, record: str) -> str | None:
    """Return a record's page; None for kinds that have none."""
    model = tickets.MODEL if entity is Entity.TICKETS else MODELS.get(entity)
    return f"{url}/web#id={record}&model={model}&view_type=form" if model and record.isdecimal() else None
