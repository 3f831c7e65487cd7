"""From records to fields and back: what is written, what is left alone, and what a second look changes."""

from decimal import Decimal

from tests.road.place import LAST_DAY, Crm, Desk


def first_run(desk: Desk) -> None:
    """Go the road once, letting the first push through."""
    desk.run("run", "--as-of", LAST_DAY, "--yes")


def test_a_second_run_sends_no_write(crm: Crm, desk: Desk):
    """Measuring the same moment again finds everything in place, whether deals were read anew or not at all."""
    first_run(desk)
    crm.forget()

    desk.run("run", "--as-of", LAST_DAY)
    desk.run("run", "--as-of", LAST_DAY, "--full")

    assert crm.writes() == {}


def test_only_values_that_moved_are_written(crm: Crm, desk: Desk):
    """After ten won deals grew, just their companies' and owners' numbers change, and by what the deals grew."""
    first_run(desk)
    before = crm.fields()
    won = [row for row in crm.records("deals", "dealstage", "amount", "closedate") if row["properties"]["dealstage"] == "closedwon"][:10]
    grown: dict[str, int] = {}
    for deal in won:
        company = crm.get(f"/crm/v3/objects/deals/{deal['id']}", associations="companies")["associations"]["companies"]["results"][0]["id"]
        grown[company] = grown.get(company, 0) + 1000
        amount = Decimal(deal["properties"]["amount"]) + 1000
        crm.send("PATCH", f"/crm/v3/objects/deals/{deal['id']}", {"properties": {"amount": str(amount)}})
    crm.forget()

    desk.run("run", "--as-of", LAST_DAY)

    after = crm.fields()
    moved = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    companies = {place for place in moved if place[0] == "companies"}
    assert companies == {("companies", company, "kpi_lifetime_value") for company in grown}
    assert {place: Decimal(after[place]) - Decimal(before[place]) for place in companies} == {
        ("companies", company, "kpi_lifetime_value"): Decimal(more) for company, more in grown.items()
    }
    assert {place[0] for place in moved} <= {"companies", "users"}
    written = crm.get("/sandbox/requests")
    assert written["values_changed"] == len(moved) + len({place[:2] for place in moved})


def test_undo_restores_everything_but_what_a_person_changed(crm: Crm, desk: Desk):
    """Every field goes back to what it was; the one that somebody edited meanwhile stays, and is reported."""
    first_run(desk)
    (entity, record, name), _ = next(item for item in crm.fields().items() if item[0][2] == "kpi_lifetime_value")
    crm.send("PATCH", f"/crm/v3/objects/{entity}/{record}", {"properties": {name: "4711"}})
    run = desk.json("status")["runs"][0]["id"]

    said = desk.run("undo", run)

    assert crm.fields() == {(entity, record, name): "4711"}
    assert not [title for title, _ in crm.goals() if "crm-kpi" in title]
    assert f"{entity} {record}: {name} is left alone, because it was changed since to 4711." in said


def test_after_an_undo_nothing_is_written_until_somebody_resumes(crm: Crm, desk: Desk):
    """An undo says that the numbers were not wanted, so the schedule must not bring them back by itself."""
    first_run(desk)
    everything = crm.fields()
    desk.run("undo", "r000001")
    crm.forget()

    refused = desk.run("run", "--as-of", LAST_DAY, code=3)
    untouched = crm.writes()
    desk.run("resume")
    desk.run("run", "--as-of", LAST_DAY)

    assert "undo of r000001" in refused
    assert untouched == {}
    assert crm.fields() == everything


def test_a_persons_edit_of_our_field_is_shown_and_overwritten(crm: Crm, desk: Desk):
    """Drift is named in the plan, and the next push puts our number back."""
    first_run(desk)
    everything = crm.fields()
    (entity, record, name), _ = next(item for item in everything.items() if item[0][2] == "kpi_orders")
    crm.send("PATCH", f"/crm/v3/objects/{entity}/{record}", {"properties": {name: "4711"}})

    desk.run("pull")
    desk.run("measure", "--as-of", LAST_DAY)
    plan = desk.json("plan")
    desk.run("push")

    assert [(row["record"], row["old"], row["why"]) for row in plan["writes"] if row["why"] != "stamp"] == [(record, "4711", "drift")]
    assert crm.fields() == everything


def test_the_first_push_waits_for_a_person(crm: Crm, desk: Desk):
    """Until somebody has looked at a plan once, a run plans and writes nothing, not even a field's definition."""
    said = desk.run("run", "--as-of", LAST_DAY, code=3)
    nothing = crm.writes()
    desk.run("push", "--yes")

    assert "--yes" in said
    assert nothing == {}
    assert crm.fields()


def test_too_many_changes_stop_a_push(crm: Crm, desk: Desk):
    """A push that would change more of the present values than the settings allow waits for a person."""
    first_run(desk)
    before = crm.fields()
    won = [deal["id"] for deal in crm.records("deals", "dealstage", "amount") if deal["properties"]["dealstage"] == "closedwon"]
    for start in range(0, len(won), 100):
        some = won[start : start + 100]
        crm.send("POST", "/crm/v3/objects/deals/batch/update", {"inputs": [{"id": one, "properties": {"amount": "1"}} for one in some]})

    desk.environ["CRM_KPI_MAX_CHANGE_SHARE"] = "0.01"
    said = desk.run("run", "--as-of", LAST_DAY, code=3)

    assert "CRM_KPI_MAX_CHANGE_SHARE allows 1%" in said
    assert crm.fields() == before


def test_a_dry_run_never_writes(crm: Crm, desk: Desk):
    """With CRM_KPI_DRY_RUN on, not even --yes writes."""
    desk.environ["CRM_KPI_DRY_RUN"] = "true"

    said = desk.run("run", "--as-of", LAST_DAY, "--yes", code=3)

    assert "CRM_KPI_DRY_RUN" in said
    assert crm.writes() == {}


def test_goals_are_written_as_one_family_and_only_once(crm: Crm, desk: Desk):
    """The target of the settings stands in the CRM as its quarters; a changed target changes those rows and makes no new ones."""
    theirs = crm.goals()
    first_run(desk)
    first = crm.goals()
    goals = desk.environ["CRM_KPI_GOALS"]
    desk.environ["CRM_KPI_GOALS"] = goals.replace("100000", "200000")
    desk.run("run", "--as-of", LAST_DAY)

    ours = {key: target for key, target in first.items() if key not in theirs}
    assert len(ours) == 4
    assert {float(target) for target in ours.values()} == {25000.0}
    assert {float(target) for key, target in crm.goals().items() if key not in theirs} == {50000.0}
    assert {key: target for key, target in crm.goals().items() if key in theirs} == theirs


def test_a_family_of_which_people_deleted_rows_is_made_whole(crm: Crm, desk: Desk):
    """No row can join a family, so ours is made anew with all of its rows; goals of others are let be."""

    def goals() -> dict[str, tuple[str, ...]]:
        rows = crm.records("goal_targets", *shown)
        return {row["id"]: tuple(row["properties"][name] for name in shown) for row in rows if row["id"] not in theirs}

    shown = ("hs_goal_name", "hs_start_datetime", "hs_target_amount", "hs_group_correlation_uuid", "hs_goal_target_group_id")
    theirs = {row["id"] for row in crm.records("goal_targets")}
    before = crm.goals()
    first_run(desk)
    made = goals()
    for row in sorted(made)[:2]:
        crm.send("DELETE", f"/crm/v3/objects/goal_targets/{row}", {})

    desk.run("run", "--as-of", LAST_DAY)

    assert sorted(goals().values()) == sorted(made.values())
    assert before.items() <= crm.goals().items()


def test_a_write_test_leaves_the_record_as_it_was(crm: Crm, desk: Desk):
    """`check --write-test` proves that writing works and restores what was there."""
    company = crm.records("companies")[0]["id"]

    said = desk.run("check", "--write-test", f"companies:{company}")

    assert "written, read back and restored" in said
    assert crm.fields() == {}
