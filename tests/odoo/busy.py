"""What people do in Odoo beside their deals: calls, tasks, messages and meetings, a campaign, and an exchange rate."""

from tests.odoo.people import People


def busy_with(people: People, lead: int) -> None:
    """Let people be busy with a lead today: after everything that the data tells of."""
    about = people.find("ir.model", ["model", "=", "crm.lead"], fields=["model"])[0]["id"]
    call, todo = (people.id_of(f"mail.mail_activity_data_{one}") for one in ("call", "todo"))
    plan = {"res_model_id": about, "res_id": lead, "user_id": people.uid, "date_deadline": "2030-01-31"}
    planned = people.make("mail.activity", [{**plan, "activity_type_id": one} for one in (call, call, todo, todo)])
    for one in planned[::2]:
        people.call("mail.activity", "action_feedback", [one])
    customer = people.make("res.partner", [{"name": "A customer"}])[0]
    said = {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    people.call("crm.lead", "message_post", [lead], **said)
    asked = {"message_type": "email", "author_id": customer, "email_from": "customer@example.com"}
    people.call("crm.lead", "message_post", [lead], **{**said, **asked})
    people.call("crm.lead", "message_post", [lead], **{**said, "subtype_xmlid": "mail.mt_note"})
    when = {"start": "2030-01-31 10:00:00", "stop": "2030-01-31 11:00:00"}
    people.make("calendar.event", [{"name": "Visit", "opportunity_id": lead, "user_id": people.uid, **when}])
    people.make("utm.campaign", [{"name": "Spring"}])
    euro = people.id_of("base.EUR")
    people.call("res.currency", "write", [euro], {"active": True})
    people.make("res.currency.rate", [{"currency_id": euro, "name": "2017-01-01", "rate": 0.8}])
