"""What a portal holds besides its sales, for whoever asks for it: see each module for what is real and what is generated."""

from connector.sandbox.hubspot.extras.activities import add_activities
from connector.sandbox.hubspot.extras.campaigns import add_campaigns
from connector.sandbox.hubspot.extras.currencies import add_currencies
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.extras.leads import add_leads
from connector.sandbox.hubspot.extras.splits import add_splits
from connector.sandbox.hubspot.extras.surveys import add_surveys
from connector.sandbox.hubspot.extras.tickets import add_tickets
from connector.sandbox.hubspot.portal import Portal


def add_extras(portal: Portal) -> None:
    """Fill a portal that has its people, customers and deals.

    Raises:
        OSError: the incidents cannot be read.
    """
    ground = Ground.of(portal)
    tickets = add_tickets(ground)
    add_surveys(ground, tickets)
    add_leads(ground)
    add_activities(ground)
    add_campaigns(ground)
    add_currencies(ground)


def share_deals(portal: Portal) -> None:
    """Share the credit of some deals that were won."""
    add_splits(Ground.of(portal))


__all__ = ["add_extras", "share_deals"]
