"""What the scripts around a step make of Millrace's variables."""

import pytest
from metaflow_extensions.millrace.plugins.millrace.task import Task, expand

SPEC = {
    "flow": "F", "command": ["python", "flow.py"], "init": [], "step": [], "start": False, "parameters": {},
    "retries": 2, "split": False, "gang": False, "datastore": "local",
}
ENVIRON = {
    "MILLRACE_RUN_ID": "r", "MILLRACE_STEP": "join", "MILLRACE_TASK_ID": "join", "MILLRACE_ATTEMPT": "0",
    "MILLRACE_USER_FAILURES": "0", "MILLRACE_INPUTS": "",
}


def option(command, name):
    return command[command.index(name) + 1]


def task(**environ):
    return Task(SPEC, dict(ENVIRON, **environ))


def test_ranges_stand_for_their_ids():
    assert expand("start") == ["start"]
    assert expand("fit-1-[0..2],fit-2-[7..7].1,load") == ["fit-1-0", "fit-1-1", "fit-1-2", "fit-2-7.1", "load"]
    assert expand("train,train-worker-[0..1]") == ["train", "train-worker-0", "train-worker-1"]
    assert len(expand("fit-[0..99999]")) == 100_000


def test_ten_thousand_inputs_go_by_a_file_in_order(tmp_path):
    file = tmp_path / "inputs"
    command = task(MILLRACE_INPUTS="work-[0..9999]").step_command(str(file))
    assert option(command, "--input-paths-filename") == str(file)
    paths = file.read_text().split(",")
    assert (len(paths), paths[0], paths[-1]) == (10_000, "r/work/work-0", "r/work/work-9999")


@pytest.mark.parametrize(
    "attempt, own, fallback, expected",
    [
        (0, 0, None, 2),
        (2, 2, None, 2),
        # Two failures of the platform: the last attempt of the user's code is the fifth.
        (3, 1, None, 4),
        # Metaflow runs no user code in an attempt beyond the last.
        (3, 3, "1", 2),
        (1, 1, "1", 0),
    ],
)
def test_failures_of_the_platform_do_not_count_as_the_users(tmp_path, attempt, own, fallback, expected):
    more = {"MILLRACE_FALLBACK": fallback} if fallback else {}
    found = task(MILLRACE_ATTEMPT=str(attempt), MILLRACE_USER_FAILURES=str(own), **more)
    assert option(found.step_command(str(tmp_path / "inputs")), "--max-user-code-retries") == str(expected)


def test_a_resumed_run_names_the_run_that_it_goes_on_from(tmp_path):
    command = task(MILLRACE_ORIGIN_RUNS="r2,r1").step_command(str(tmp_path / "inputs"))
    assert option(command, "--clone-run-id") == "r2"
