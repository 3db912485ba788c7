"""Flows whose steps are pods of a real cluster, read by Metaflow's own client. They want KUBECONFIG and HOST_IP."""

import json

import pytest
from conftest import api, card

pytestmark = pytest.mark.cluster
CARD = "__import__('metaflow.cards').cards.get_cards(run['start'].task)[0].get()"


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


def test_card(on_kubernetes, pods):
    assert "a card from a pod" in card(on_kubernetes.read("PodFlow", pods, CARD))


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


def test_a_kill_after_all_is_stored_takes_nothing_back(on_kubernetes):
    run_id = run(on_kubernetes, "unlucky.py")
    assert on_kubernetes.read(
        "UnluckyFlow", run_id, "[run.successful, run['start'].task.current_attempt, run['start'].task.data.attempts]"
    ) == [True, 0, 0]


def test_a_pod_that_the_platform_takes_is_not_the_users_failure(on_kubernetes, namespace):
    on_kubernetes.call("patient.py", "millrace", "create")
    file = on_kubernetes.folder / "patient"
    on_kubernetes.call("patient.py", "millrace", "trigger", "--run-id-file", str(file))
    run_id = file.read_text()
    assert any(event.type == "io.millrace.task.running" for event in api(on_kubernetes).events(run_id))
    assert any(line["text"] == "attempt 0" for line in api(on_kubernetes).lines(run_id, "start", 0, follow=True))
    namespace.kubectl("-n", namespace.name, "delete", "pods", "-l", "metaflow/run_id=" + run_id, "--wait=false")
    assert api(on_kubernetes).wait(run_id) == "succeeded", api(on_kubernetes).run(run_id).get("message")
    on_kubernetes.call("patient.py", "millrace", "status", run_id)
    # With @retry(times=1), user code has had two attempts that were its own: 1 and 2. @catch took the last one's error.
    assert on_kubernetes.read("PatientFlow", run_id, "[run['start'].task.current_attempt, str(run['start'].task.data.error).split()[-2:]]") == [
        2, ["attempt", "2"]
    ]


def test_a_step_that_takes_too_much_memory_is_said_to_and_tried_again(on_kubernetes):
    run_id = run(on_kubernetes, "greedy.py")
    retrying = [event.data for event in api(on_kubernetes).events(run_id) if event.type == "io.millrace.task.retrying"]
    assert [one["cause"]["kind"] for one in retrying] == ["oom-killed"]
    assert on_kubernetes.read(
        "GreedyFlow", run_id, "[run['start'].task.current_attempt, 'attempt 1' in run['start'].task.stdout]"
    ) == [1, True]


def test_resume_with_another_parameter_runs_only_what_was_not_done(on_kubernetes, namespace):
    origin = run(on_kubernetes, "broken.py", "--mended", "/not/yet", state="failed")
    file = on_kubernetes.folder / "mended"
    # Every pod has a shell.
    mended = "mended=/bin/sh"
    on_kubernetes.call("broken.py", "millrace", "resume", origin, "--param", mended, "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(on_kubernetes).wait(run_id) == "succeeded", api(on_kubernetes).run(run_id).get("message")
    on_kubernetes.call("broken.py", "millrace", "status", run_id)
    assert on_kubernetes.read(
        "BrokenFlow", run_id,
        "[getattr(run['end'].task.data, name) for name in ('numbers_seen', 'began_in', 'origin', 'ended_in', 'mended')]"
        " + [run['start'].task.data.mended, run.successful]",
    ) == [[1, 2], origin, origin, run_id, "/bin/sh", "/bin/sh", True]
    jobs = namespace.get("jobs", "metaflow/run_id=" + run_id)
    assert sorted(job["metadata"]["labels"]["metaflow/step_name"] for job in jobs) == ["end", "gather"]
