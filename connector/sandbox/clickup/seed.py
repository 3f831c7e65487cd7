"""Fills a Workspace with the same sales data as the HubSpot in a box, told in ClickUp's words.

The other box is the one source of what is generated beside the files (see its seed), so that both hold the same deals with the same
moments. In the Space "Sales" deals, companies and contacts are tasks of three Lists, tied by fields of the type tasks; in the Space
"Service" the List "Support" holds tickets, where the extras are asked for. Managers' teams and regional offices are the groups, and the
first manager of the data owns the Workspace. What ClickUp has no place for is left out: parent companies, prices of products, the amount
of a deal before it closed. Where deals came from, and why they were lost, the data does not say: those fields are there, and empty.
"""

from pathlib import Path

from connector.sandbox.clickup.extras import add_extras
from connector.sandbox.clickup.filling import Filling
from connector.sandbox.clickup.workspace import Options, Workspace
from connector.sandbox.hubspot.portal import Options as PortalOptions
from connector.sandbox.hubspot.seed import seeded
from connector.sandbox.maven import load


def filled(token: str, options: Options, data: Path | None = None) -> Workspace:
    """Return a Workspace that holds the data from a folder, by default the shipped copy.

    Raises:
        OSError: the data cannot be read.
    """
    portal = seeded("", PortalOptions(now=options.now, extras=options.extras), data)
    workspace = Workspace(token, options)
    filling = Filling(portal, workspace, load(data).agents[0].manager)
    filling.run()
    if options.extras:
        add_extras(filling)
    return workspace
