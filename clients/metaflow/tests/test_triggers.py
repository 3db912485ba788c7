"""Flows that start by themselves, in local mode: by events, by other flows, by a schedule."""

import json
import time

import pytest
from conftest import api

WITHIN = 120


class Starts:
    """The runs that start from now on, by the server's stream of events."""

    def __init__(self, millrace):
        headers = {"Accept": "text/event-stream"}
        self.answer = api(millrace)._open("GET", "/events", None, headers, WITHIN)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()

    def next(self, flow):
        """The id of the next run of a flow; others are passed over."""
        until = time.monotonic() + WITHIN
        for raw in self.answer:
            assert time.monotonic() < until, "no run of %s has started" % flow
            line = raw.decode()
            if line.startswith("data:"):
                event = json.loads(line[5:])
                if event["type"] == "io.millrace.run.started" and event["data"]["flow"].startswith(flow + "@"):
                    return event["data"]["run"]
        raise AssertionError("the stream has ended")


def ended(millrace, name, run_id):
    import metaflow

    metaflow.namespace(None)
    metaflow.metadata("local")
    assert api(millrace).wait(run_id, WITHIN) == "succeeded", api(millrace).run(run_id).get("message")
    return metaflow.Run("%s/%s" % (name, run_id))


@pytest.fixture()
def event(millrace, monkeypatch):
    """Publishes as a program of the user's does."""
    from metaflow.integrations import MillraceEvent

    monkeypatch.setenv("MILLRACE_API", millrace.url)

    def publish(name, id=None, **payload):
        return MillraceEvent(name, payload=payload, id=id).publish(ignore_errors=False)

    return publish


def test_an_event_and_another_flows_end_start_a_run_that_knows_both(millrace, event):
    millrace.call("triggered.py", "millrace", "create")
    with Starts(millrace) as starts:
        state, upstream = millrace.run("announcing.py")
        assert state == "succeeded"
        identity = event("data.ready", rows="7", rate=2, data={"k": [1]})
        # Delivered twice, it is the same event.
        event("data.ready", id=identity, rows="7", rate=2, data={"k": [1]})
        run_id = starts.next("TriggeredFlow")
        found = ended(millrace, "TriggeredFlow", run_id)
        assert len(api(millrace).runs("TriggeredFlow")["runs"]) == 1
    data = found["start"].task.data
    assert data.seen == [7, 2.0, {"k": [1]}]
    assert data.events == {
        "data.ready": [identity, "event"],
        "metaflow.AnnouncingFlow.end": ["AnnouncingFlow/%s/last/last" % upstream, "run"],
    }
    assert (data.event["name"], data.event["id"]) == ("data.ready", identity)
    assert data.upstream == "AnnouncingFlow/" + upstream
    assert data.word == "hello"
    assert found["end"].task.data.names == ["data.ready", "metaflow.AnnouncingFlow.end"]
    assert found.trigger.run.pathspec == "AnnouncingFlow/" + upstream
    millrace.call("triggered.py", "millrace", "delete")


def test_a_step_publishes_and_each_of_two_events_is_enough(millrace):
    millrace.call("listening.py", "millrace", "create")
    with Starts(millrace) as starts:
        state, upstream = millrace.run("announcing.py")
        assert state == "succeeded"
        found = [ended(millrace, "ListeningFlow", starts.next("ListeningFlow")) for _ in range(2)]
    names = sorted(run["start"].task.data.event for run in found)
    assert names == ["from.a.step", "metaflow.AnnouncingFlow.first"]
    millrace.call("listening.py", "millrace", "delete")


def test_one_event_brings_each_parameter_by_its_name(millrace, event):
    millrace.call("single.py", "millrace", "create")
    with Starts(millrace) as starts:
        event("single.event", x="5", word=6)
        found = ended(millrace, "SingleFlow", starts.next("SingleFlow"))
    assert found["start"].task.data.seen == [5, "6"]
    assert found.trigger.event.name == "single.event"
    millrace.call("single.py", "millrace", "delete")


def test_a_projects_flow_is_found_in_other_letters_and_named_as_metaflow_does(millrace):
    millrace.call("upstream.py", "millrace", "create")
    millrace.call("downstream.py", "millrace", "create")
    with Starts(millrace) as starts:
        state, upstream = millrace.run("upstream.py")
        assert state == "succeeded"
        found = ended(millrace, "Downstream", starts.next("chain.user.tester.Downstream"))
    event = found["start"].task.data.event
    assert (event["name"], event["id"]) == ("metaflow.Upstream.end", "Upstream/%s/end/end" % upstream)
    for flow in ("upstream.py", "downstream.py"):
        millrace.call(flow, "millrace", "delete")


def test_only_one_flow_can_be_meant_in_other_letters():
    from metaflow_extensions.millrace.plugins.millrace import triggers

    said = []

    def taken(*deployed):
        document = {"triggers": {"events": [{"event": "metaflow.p.b.flow.end"}, {"event": "metaflow.p.b.flow.start"}]}}
        triggers.take_deployed_names(document, lambda: list(deployed), said.append)
        return [one["event"] for one in document["triggers"]["events"]]

    assert taken("p.b.Flow", "p.b.Other") == ["metaflow.p.b.Flow.end", "metaflow.p.b.flow.start"]
    assert said == ["No flow p.b.flow is deployed; p.b.Flow is, and is waited for."]
    for deployed in ([], ["p.b.Flow", "p.b.flow"], ["p.b.Flow", "p.b.FLOW"]):
        assert taken(*deployed)[0] == "metaflow.p.b.flow.end"


def test_an_event_by_kafka(millrace):
    pytest.importorskip("kafka")
    from metaflow.integrations import MillraceEvent

    millrace.call("single.py", "millrace", "create")
    with Starts(millrace) as starts:
        by_kafka = MillraceEvent("single.event", brokers=millrace.broker).add_to_payload("x", 8)
        by_kafka.publish(ignore_errors=False)
        found = ended(millrace, "SingleFlow", starts.next("SingleFlow"))
    assert found["start"].task.data.seen == [8, "none"]
    millrace.call("single.py", "millrace", "delete")


def test_a_schedule_is_shown_with_its_next_time(millrace):
    millrace.call("scheduled.py", "millrace", "create", "--schedule-parameter", "day=monday")
    shown = api(millrace).flow("ScheduledFlow")
    assert shown["document"]["triggers"] == {
        "schedule": {"cron": "30 6 ? * MON-FRI", "timezone": "Europe/Berlin", "parameters": {"day": "monday"}}
    }
    assert shown["next"][14:19] == "30:00"
    millrace.call("scheduled.py", "millrace", "delete")
    assert api(millrace).flow("ScheduledFlow") is None


def said_by_hooks(user, run_id):
    lines = [line["text"].strip() for line in api(user).lines(run_id, "hooks", 0)]
    return [line for line in lines if line.split(" ")[0] in ("happy", "plain", "sad")]


def test_exit_hooks_run_when_a_run_has_ended(millrace):
    with Starts(millrace) as starts:
        state, happy = millrace.run("hooked.py")
        assert state == "succeeded"
        hooks = starts.next("HookedFlow.exit-hooks")
        # One of them fails, and the others run.
        assert api(millrace).wait(hooks, WITHIN) == "failed"
        assert said_by_hooks(millrace, hooks) == ["happy %s 42" % happy, "plain"]
        state, sad = millrace.run("hooked.py", "--fail", "true")
        assert state == "failed"
        hooks = starts.next("HookedFlow.exit-hooks")
        assert api(millrace).wait(hooks, WITHIN) == "succeeded"
    assert said_by_hooks(millrace, hooks) == ["sad %s False" % sad]
    millrace.call("hooked.py", "millrace", "delete")
    assert api(millrace).flow("HookedFlow.exit-hooks") is None


def test_nothing_is_published_outside_of_a_run(offline, monkeypatch, capsys):
    from metaflow.integrations import MillraceEvent

    monkeypatch.setenv("MILLRACE_API", offline.url)
    assert MillraceEvent("a").safe_publish() is None
    assert "no run of Millrace's" in capsys.readouterr().err
    assert MillraceEvent("a").publish() is None
    assert "cannot be reached at http://127.0.0.1:9" in capsys.readouterr().err


def test_names_within_a_project(offline):
    said = offline.call("projected.py", "millrace", "create", "--only-json")
    document = json.loads(said[said.index("{"):])
    assert [event["event"] for event in document["triggers"]["events"]] == [
        "mfns.weather.user.tester.ready",
        "metaflow.weather.user.tester.Near.end",
        "metaflow.other.prod.Far.end",
        "metaflow.weather.prod.staging.Beside.end",
    ]
    assert document["announce"]["prefix"] == "metaflow.weather.user.tester.ProjectedFlow"
    assert document["announce"]["payload"]["branch_name"] == "user.tester"


def test_mistakes_are_named(offline, tmp_path):
    said = offline.call("scheduled.py", "millrace", "create", "--only-json", "--schedule-parameter", "night=1", ok=False)
    assert "expected NAME=VALUE with one of the flow's parameters (day)" in said
    said = offline.call("linear.py", "millrace", "create", "--only-json", "--schedule-parameter", "x=1", ok=False)
    assert "--schedule-parameter needs @schedule" in said
    said = offline.call("refused.py", "millrace", "validate", "--executor", "process", "--schedule-parameter", "day=1", ok=False)
    assert "Parameter day" not in said and "@catch is not supported with @parallel" in said
