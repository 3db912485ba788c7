"""A join of ten thousand inputs: a real task's folder, under as many names."""

import json
import os
import subprocess

from test_local_mode import client

WIDTH = 10_000


def test_join_of_ten_thousand(offline, tmp_path):
    said = offline.call("wide.py", "millrace", "create", "--only-json")
    commands = {one["name"]: one["container"]["command"] for one in json.loads(said[said.index("{"):])["steps"]}

    def step(name, task, **environ):
        outcome = tmp_path / (task + "-outcome")
        variables = dict(
            MILLRACE_RUN_ID="wide", MILLRACE_STEP=name, MILLRACE_TASK_ID=task, MILLRACE_ATTEMPT="0",
            MILLRACE_USER_FAILURES="0", MILLRACE_DATA_DIR=str(tmp_path), MILLRACE_OUTCOME_FILE=str(outcome),
        )
        done = subprocess.run(
            commands[name], env=dict(os.environ, **variables, **environ), text=True, capture_output=True, timeout=900
        )
        assert done.returncode == 0, done.stderr
        return json.loads(outcome.read_text())

    assert step("start", "start", MILLRACE_PARAM_WIDTH=str(WIDTH))["splits"] == WIDTH
    step("work", "work-0", MILLRACE_INPUTS="start", MILLRACE_SPLIT_INDEX="0")
    run = offline.folder / ".metaflow" / "WideFlow" / "wide"
    for i in range(1, WIDTH):
        other = run / "work" / ("work-%d" % i)
        other.mkdir()
        for name in ("0.attempt.json", "0.data.json", "0.DONE.lock"):
            os.link(run / "work" / "work-0" / name, other / name)

    assert step("gather", "gather", MILLRACE_INPUTS="work-[0..%d]" % (WIDTH - 1)) == {"v": 1, "ok": True}
    assert client("WideFlow", "wide")["gather"]["gather"].data.seen == WIDTH
