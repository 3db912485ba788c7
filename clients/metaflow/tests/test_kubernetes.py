"""Flows whose steps are pods of a real cluster, read by Metaflow's own client. They want KUBECONFIG."""

import json

import pytest
from conftest import api


def run(on_kubernetes, flow, *words, state="succeeded"):
    ended, run_id = on_kubernetes.run(flow, *words)
    assert ended == state, api(on_kubernetes).run(run_id).get("message")
    # Brings the metadata that the pods have left in the datastore.
    on_kubernetes.call(flow, "millrace", "status", run_id)
    return run_id


@pytest.fixture(scope="module")
def pods(on_kubernetes):
    return run(on_kubernetes, "pods.py", "--x", "7")


def test_client_sees_artifacts_and_success(on_kubernetes, pods):
    assert on_kubernetes.read(
        "PodFlow", pods, "[run.finished, run.successful, run['gather'].task.data.values, run['end'].task.data.caught]"
    ) == [True, True, [["a7", 0], ["b7", 1]], True]


def test_secrets_and_environment(on_kubernetes, pods):
    assert on_kubernetes.read("PodFlow", pods, "[run['start'].task.data.colour, run['start'].task.data.token]") == [
        "green", "s3cret"
    ]
    document = json.dumps(api(on_kubernetes).flow("PodFlow"))
    assert "s3cret" not in document and "millrace-local" not in document


def test_logs_are_in_the_datastore_and_at_millrace(on_kubernetes, pods):
    out, err = on_kubernetes.read("PodFlow", pods, "[run['start'].task.stdout, run['start'].task.stderr]")
    assert "hello from a pod\n" in out and "Downloading code package..." in out
    assert "and its other stream\n" in err
    said = on_kubernetes.call("pods.py", "millrace", "logs", pods, "start")
    assert "hello from a pod" in said and "and its other stream" in said


def test_attempts_after_a_kill(on_kubernetes, pods):
    assert on_kubernetes.read(
        "PodFlow", pods, "[[task.id, task.current_attempt] for task in sorted(run['work'], key=lambda task: task.id)]"
    ) == [["work-0", 0], ["work-1", 1]]


def test_jobs_have_what_the_decorators_ask_for(namespace, pods):
    jobs = namespace.get("jobs", "app.kubernetes.io/part-of=metaflow,metaflow/run_id=" + pods)
    # One for each attempt: two of work-1 and, for a step with @catch, one.
    assert len(jobs) == 7
    job = next(one for one in jobs if one["metadata"]["labels"]["metaflow/step_name"] == "start")
    pod = job["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert container["resources"]["requests"] == {"cpu": "200m", "memory": "200M", "ephemeral-storage": "100M"}
    assert "limits" not in container["resources"]
    assert [one["secretRef"]["name"] for one in container["envFrom"]] == ["objects", "token"]
    assert pod["activeDeadlineSeconds"] == 600
    assert job["metadata"]["labels"]["team"] == "a" and job["metadata"]["annotations"]["note"] == "b"
    assert job["spec"]["backoffLimit"] == 0
    assert job["spec"]["ttlSecondsAfterFinished"] == 7 * 24 * 3600


def test_gang_is_a_job_set(on_kubernetes, namespace):
    run_id = run(on_kubernetes, "gang.py")
    assert on_kubernetes.read("GangFlow", run_id, "[run.successful, run['gather'].task.data.members]") == [
        True, [[0, 3], [1, 3], [2, 3]]
    ]
    sets = namespace.get("jobsets", "metaflow/run_id=" + run_id)
    assert [one["metadata"]["labels"]["metaflow/step_name"] for one in sets] == ["work"]
