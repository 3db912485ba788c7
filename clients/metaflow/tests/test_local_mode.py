"""Unchanged flows, deployed and run by Millrace in local mode, read by Metaflow's own client."""

import pytest
from conftest import api


def client(name, run):
    import metaflow

    metaflow.namespace(None)
    metaflow.metadata("local")
    return metaflow.Run("%s/%s" % (name, run))


def run(millrace, flow, name, *words, state="succeeded"):
    ended, run_id = millrace.run(flow, *words)
    found = client(name, run_id)
    assert ended == state, api(millrace).run(run_id).get("message")
    return found


def test_linear_with_defaults(millrace):
    found = run(millrace, "linear.py", "LinearFlow")
    assert found.finished and found.successful
    assert found["start"].task.data.seen == [1, 0.5, False, "a b", {"k": [1]}, None]
    assert found["start"].task.data.task == "start"
    assert found["end"].task.data.run == found.id
    assert found["start"].task.stdout == "hello from start\n"
    assert "production:linearflow-0" in " ".join(found.tags)


def test_parameters_of_each_type(millrace):
    found = run(
        millrace, "linear.py", "LinearFlow", "--x", "7", "--learning-rate", "2", "--on", "true",
        "--text", 'ä "quoted" $HOME', "--data", '"5"', "--none", "",
    )
    assert found["start"].task.data.seen == [7, 2.0, True, 'ä "quoted" $HOME', "5", ""]


def test_parameters_of_the_environment(millrace):
    millrace.call("linear.py", "millrace", "create")
    file = millrace.folder / "by-environment"
    millrace.call("linear.py", "millrace", "trigger", "--run-id-file", str(file), METAFLOW_RUN_X="9", METAFLOW_RUN_NONE="n")
    run_id = file.read_text()
    assert api(millrace).wait(run_id) == "succeeded"
    seen = millrace.read("LinearFlow", run_id, "run['start'].task.data.seen")
    assert (seen[0], seen[-1]) == (9, "n")


def test_split_and_join(millrace):
    found = run(millrace, "branches.py", "BranchFlow")
    assert found["both"].task.data.values == ["left", "right"]


def test_nested_foreach_joins_in_order(millrace):
    found = run(millrace, "nested.py", "NestedFlow")
    assert found["end"].task.data.values == [["a1", "a2"], ["b1", "b2"], ["c1", "c2"]]
    assert sorted(task.id for task in found["leaf"]) == ["leaf-%d-%d" % (i, j) for i in range(3) for j in range(2)]
    assert [task.index for task in found["leaf"] if task.id == "leaf-2-1"] == [1]


@pytest.mark.parametrize("way", ["short", "long"])
def test_switch_and_recursion(millrace, way):
    found = run(millrace, "switch.py", "SwitchFlow", "--way", way)
    assert found["end"].task.data.took == way
    assert sorted(task.id for task in found["repeat"]) == ["repeat", "repeat.1", "repeat.2"]
    assert found["end"].task.data.count == 3


def test_retry_catch_and_crash(millrace):
    found = run(millrace, "failures.py", "FailureFlow")
    start, caught, crashed = (found[name].task for name in ("start", "caught", "crashed"))
    assert (start.current_attempt, start.data.attempt) == (2, 2)
    assert start.stdout == "attempt 2\n"
    assert (caught.current_attempt, "for ever" in str(caught.data.error)) == (1, True)
    # Its process ended without a word: one fallback attempt, in which no user code runs.
    assert (crashed.current_attempt, "kept failing" in str(crashed.data.crash)) == (1, True)
    assert found["end"].task.data.colour == "green"


def test_failed_run(millrace):
    found = run(millrace, "failures.py", "FailureFlow", "--hopeless", "true", state="failed")
    assert not found.successful
    assert not found["end"].task.successful
    assert "RuntimeError: no hope" in found["end"].task.stderr


def test_gang(millrace):
    found = run(millrace, "gang.py", "GangFlow")
    assert found["gather"].task.data.members == [(0, 3), (1, 3), (2, 3)]
    assert sorted(task.id for task in found["work"]) == ["work", "work-worker-0", "work-worker-1"]


def test_deployed_code_is_what_runs(millrace, tmp_path):
    import shutil

    from conftest import FLOWS

    flow = tmp_path / "linear.py"
    shutil.copy(FLOWS / "linear.py", flow)
    millrace.call(str(flow), "millrace", "create")
    flow.write_text(flow.read_text().replace("hello from start", "changed afterwards"))
    file = millrace.folder / "run-id-of-copy"
    millrace.call(str(flow), "millrace", "trigger", "--run-id-file", str(file))
    assert api(millrace).wait(file.read_text()) == "succeeded"
    assert client("LinearFlow", file.read_text())["start"].task.stdout == "hello from start\n"


def test_trigger_without_deployment_says_what_to_do(millrace):
    said = millrace.call("linear.py", "millrace", "--name", "nobody", "trigger", ok=False)
    assert "Deploy the flow first: millrace create." in said


def test_deploying_over_somebody_elses_flow_needs_the_token(millrace):
    millrace.call("branches.py", "millrace", "create")
    other = dict(METAFLOW_USER="other", METAFLOW_HOME=str(millrace.folder / "others-home"))
    said = millrace.call("branches.py", "millrace", "create", ok=False, **other)
    assert "deployed by tester" in said and "--authorize" in said
    millrace.call("branches.py", "millrace", "create", "--authorize", "production:branchflow-0-" + token(), **other)
    millrace.call("branches.py", "millrace", "create", "--authorize", "branchflow-0-" + token())


def token():
    from metaflow.plugins.aws.step_functions.production_token import new_token

    return new_token("branchflow").rsplit("-", 1)[1]


def test_a_kill_after_all_is_stored_takes_nothing_back(millrace):
    found = run(millrace, "unlucky.py", "UnluckyFlow")
    task = found["start"].task
    assert (task.current_attempt, task.data.attempts, task.successful) == (0, 0, True)
    said = millrace.call("unlucky.py", "millrace", "logs", found.id, "start")
    assert "Attempt 0 had finished this task; its result stands." in said
