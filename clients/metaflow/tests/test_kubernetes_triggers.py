"""Flows on pods that start by themselves, and their exit hooks. They want KUBECONFIG and HOST_IP."""

import pytest
from conftest import api
from test_triggers import Starts, said_by_hooks

pytestmark = pytest.mark.cluster


@pytest.fixture(params=["local", "service"])
def user(request, on_kubernetes, with_the_service):
    """By both of Metaflow's ways to keep metadata: pods look up the runs that started theirs."""
    return with_the_service if request.param == "service" else on_kubernetes


def steps_of_jobs(namespace, run_id):
    jobs = namespace.get("jobs", "app.kubernetes.io/part-of=metaflow,metaflow/run_id=" + run_id)
    return sorted(job["metadata"]["labels"]["metaflow/step_name"] for job in jobs)


def test_an_event_and_another_flows_end_start_a_run_whose_pods_know_both(user, namespace):
    from metaflow.integrations import MillraceEvent

    user.call("triggered.py", "millrace", "create")
    with Starts(user) as starts:
        state, upstream = user.run("announcing.py")
        assert state == "succeeded", api(user).run(upstream).get("message")
        event = MillraceEvent("data.ready", url=user.url, payload={"rows": "7", "rate": 2, "data": {"k": [1]}})
        identity = event.publish(ignore_errors=False)
        run_id = starts.next("TriggeredFlow")
    assert api(user).wait(run_id) == "succeeded", api(user).run(run_id).get("message")
    for flow, one in (("announcing.py", upstream), ("triggered.py", run_id)):
        # Without the service, brings what the pods have left in the datastore.
        user.call(flow, "millrace", "status", one)
    seen, events, by, word, names, by_client = user.read(
        "TriggeredFlow", run_id,
        "[getattr(run['start'].task.data, name) for name in ('seen', 'events', 'upstream', 'word')]"
        " + [run['end'].task.data.names, run.trigger.run.pathspec]",
    )
    assert seen == [7, 2.0, {"k": [1]}]
    assert events == {
        "data.ready": [identity, "event"],
        "metaflow.AnnouncingFlow.end": ["AnnouncingFlow/%s/last/last" % upstream, "run"],
    }
    assert names == ["data.ready", "metaflow.AnnouncingFlow.end"]
    assert by == by_client == "AnnouncingFlow/" + upstream
    assert word == "hello"
    # The pod of its first step reached the API.
    assert user.read("AnnouncingFlow", upstream, "bool(run['first'].task.data.published)")
    assert steps_of_jobs(namespace, run_id) == ["end", "start"]
    user.call("triggered.py", "millrace", "delete")


def test_exit_hooks_are_pods(user, namespace):
    with Starts(user) as starts:
        state, happy = user.run("hooked.py")
        assert state == "succeeded", api(user).run(happy).get("message")
        hooks = starts.next("HookedFlow.exit-hooks")
        # One of them fails, and the others run.
        assert api(user).wait(hooks) == "failed"
        assert said_by_hooks(user, hooks) == ["happy %s 42" % happy, "plain"]
        assert steps_of_jobs(namespace, hooks) == ["hooks"]
        state, sad = user.run("hooked.py", "--fail", "true")
        assert state == "failed"
        hooks = starts.next("HookedFlow.exit-hooks")
        assert api(user).wait(hooks) == "succeeded"
    assert said_by_hooks(user, hooks) == ["sad %s False" % sad]
    assert steps_of_jobs(namespace, sad) == ["start"]
    user.call("hooked.py", "millrace", "delete")
