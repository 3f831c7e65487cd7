"""What an account's runs say about its health."""

from dataclasses import replace
from datetime import timedelta

from connector.web import AccountStatus
from connector.web.status import Health, Verdict, health_of, worst


def test_success_in_time_is_ok(acme: AccountStatus) -> None:
    """An account whose last ended run succeeded within its turn is well, and a run in hand changes nothing."""
    assert health_of(acme) == Health(Verdict.OK)


def test_a_failed_run_is_failing(failed: AccountStatus) -> None:
    """A failed last run makes an account failing and gives its message; a pause is told beside."""
    assert health_of(failed) == Health(
        Verdict.FAILING, ("Run r000009 failed: The CRM does not accept the token.", "Writing is paused: r000004 was undone")
    )


def test_a_missed_turn_is_stale(acme: AccountStatus) -> None:
    """An account that has not succeeded since the slot before the present one is stale, also when no run ever succeeded."""
    assert acme.previous_due is not None

    late = replace(acme, last_success=acme.previous_due - timedelta(seconds=1))
    never = replace(acme, last_success=None)

    assert health_of(late) == Health(Verdict.STALE, ("No run has succeeded since 2017-12-31 22:59 UTC.",))
    assert health_of(never) == Health(Verdict.STALE, ("No run has succeeded yet.",))
    assert health_of(replace(acme, last_success=acme.previous_due)).verdict is Verdict.OK


def test_a_stopped_run_is_only_judged_by_time(acme: AccountStatus) -> None:
    """A run that a guard or a person stopped is no failure as long as the last success is recent, but it is told."""
    stopped = replace(acme, runs=(replace(acme.runs[1], status="stopped", message="Pushes are paused."),))

    assert health_of(stopped) == Health(Verdict.OK, ("Run r000001 was stopped: Pushes are paused.",))


def test_only_whole_runs_are_judged(acme: AccountStatus) -> None:
    """A check or a plan that failed by hand does not make the service unwell."""
    by_hand = replace(acme.runs[1], id="r000003", kind="check", status="failed")

    assert health_of(replace(acme, runs=(by_hand, *acme.runs))) == Health(Verdict.OK)


def test_a_new_account_is_ok_with_notes(acme: AccountStatus) -> None:
    """An account that has not run yet is no trouble, and the page says what it waits for."""
    new = replace(acme, runs=(), last_success=None, push_confirmed=False)

    health = health_of(new)

    assert health.verdict is Verdict.OK
    assert [reason.split()[0] for reason in health.reasons] == ["Plans", "It"]


def test_refusals_are_told(acme: AccountStatus) -> None:
    """What the CRM refused at the last push is told, without calling the account unwell."""
    assert acme.plan is not None

    refused = replace(acme, plan=replace(acme.plan, counts={"ok": 2504, "refused": 1200}))

    assert health_of(refused) == Health(Verdict.OK, ("The CRM refused 1,200 values of plan p000001.",))


def test_the_worst_verdict_counts() -> None:
    """Of several accounts the worst decides; none at all is no trouble."""
    assert worst((Verdict.OK, Verdict.FAILING, Verdict.STALE)) is Verdict.FAILING
    assert worst((Verdict.STALE, Verdict.OK)) is Verdict.STALE
    assert worst(()) is Verdict.OK
