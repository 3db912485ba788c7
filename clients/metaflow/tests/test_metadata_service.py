"""The metadata service that Millrace has built in, with flows that Millrace runs, read by Metaflow's own client."""

import json
import time

import pytest
import requests
from conftest import api
from test_local_mode import client as read_locally


@pytest.fixture(scope="module")
def service(millrace):
    return dict(METAFLOW_DEFAULT_METADATA="service", METAFLOW_SERVICE_URL=millrace.url + "/metadata")


def run(millrace, service, flow, *words):
    name = "served-" + flow.split(".")[0]
    millrace.call(flow, "millrace", "--name", name, "create", **service)
    file = millrace.folder / name
    millrace.call(flow, "millrace", "--name", name, "trigger", "--run-id-file", str(file), *words, **service)
    return api(millrace).wait(file.read_text()), file.read_text()


@pytest.fixture(autouse=True)
def client(service):
    import metaflow

    metaflow.namespace(None)
    metaflow.metadata("service@" + service["METAFLOW_SERVICE_URL"])
    yield metaflow
    metaflow.metadata("local")


def test_nested_foreach_with_the_service(millrace, service, client):
    state, run_id = run(millrace, service, "nested.py")
    assert state == "succeeded"
    found = client.Run("NestedFlow/%s" % run_id)
    assert found.finished and found.successful
    assert sorted(task.id for task in found["leaf"]) == ["leaf-%d-%d" % (i, j) for i in range(3) for j in range(2)]
    assert found["end"].task.data.values == [["a1", "a2"], ["b1", "b2"], ["c1", "c2"]]
    assert [task.id for task in found["leaf"].task.parent_tasks]
    found.add_tag("kept")
    assert run_id in [one.id for one in client.Flow("NestedFlow").runs("kept")]
    # Nothing was left in the folder, where another provider would have put it.
    with pytest.raises(Exception, match="does not exist"):
        read_locally("NestedFlow", run_id)


def test_what_died_without_a_word_is_marked_as_failed(millrace, service, client):
    state, run_id = run(millrace, service, "failures.py")
    assert state == "succeeded"
    found = client.Run("FailureFlow/%s" % run_id)
    start = {m.name: m.value for m in client.Task("FailureFlow/%s/start/start" % run_id, attempt=0).metadata}
    assert start["attempt_ok"] == "False" and "millrace-cause" not in start
    crashed = {m.name: m.value for m in client.Task("FailureFlow/%s/crashed/crashed" % run_id, attempt=0).metadata}
    assert crashed["attempt_ok"] == "False"
    assert json.loads(crashed["millrace-cause"])["kind"] == "user-error"
    assert found["crashed"].task.metadata_dict["attempt_ok"] == "True"
    assert (found["start"].task.current_attempt, found["start"].task.data.attempt) == (2, 2)


def test_a_run_that_failed_is_not_running_for_ever(millrace, service, client):
    state, run_id = run(millrace, service, "failures.py", "--hopeless", "true")
    assert state == "failed"
    shown = eventually(
        lambda: get(service, "/flows/FailureFlow/runs/" + run_id), lambda found: found["status"] == "failed"
    )
    assert "end" in shown["status_message"] and shown["finished_at"]
    assert run_id in [one.id for one in client.Flow("FailureFlow").runs("millrace_state:failed")]
    assert not client.Run("FailureFlow/%s" % run_id).successful
    assert get(service, "/flows/FailureFlow/runs/%s/steps/end/tasks/end" % run_id)["status"] == "failed"


def get(service, path):
    return requests.get(service["METAFLOW_SERVICE_URL"] + path, timeout=30).json()


def eventually(ask, wanted):
    """The history is written a moment after the event of a run's end."""
    deadline = time.monotonic() + 60
    while not wanted(ask()):
        assert time.monotonic() < deadline, ask()
    return ask()
