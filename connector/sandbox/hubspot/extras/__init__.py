"""What a portal holds besides its sales, for whoever asks for it: see each module for what is real and what is generated."""

from connector.sandbox.hubspot.extras.activities import add_activities
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.extras.leads import add_leads
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


__all__ = ["add_extras"]
