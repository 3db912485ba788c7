"""Measures the extension in local mode beside Metaflow's own runtime, on one machine in one run, and prints lines as
``make bench`` does: {"figure", "value", "unit", "limit", "ratio", "note"}.

    bench.py [create] [first] [fan] [wide]        all of them when none is named
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from programs import is_built, local_mode  # noqa: E402

FLOW = Path(__file__).with_name("fan.py")
ROUNDS = 3
# Metaflow's own default for its runtime.
AT_A_TIME = 16
WIDE = 200


def print_figure(figure: str, value: float, unit: str, limit: float, note: str) -> None:
    line = dict(figure=figure, value=round(value, 3), unit=unit, limit=round(limit, 3), ratio=round(value / limit, 3), note=note)
    print(json.dumps(line), flush=True)


class User:
    """Calls the flow as a user does, in a folder of the user's own."""

    def __init__(self, folder: Path, api: str) -> None:
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("METAFLOW_")}
        self.env.update(
            MILLRACE_API=api, METAFLOW_DEFAULT_DATASTORE="local", METAFLOW_DATASTORE_SYSROOT_LOCAL=str(folder),
            METAFLOW_DEFAULT_METADATA="local", METAFLOW_HOME=str(folder / "home"), METAFLOW_USER="bench",
        )
        os.environ.update(self.env)

    def call(self, *words: str) -> float:
        """Calls the flow's command and returns how many seconds it took."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(FLOW), "--no-pylint", *words], cwd=self.folder, env=self.env, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return time.monotonic() - began

    def trigger(self, width: int) -> str:
        file = self.folder / "run-id"
        self.call("millrace", "trigger", "--width", str(width), "--run-id-file", str(file))
        return file.read_text()

    def wait(self, run: str) -> None:
        """Waits for the end by events."""
        from metaflow_extensions.millrace.plugins.millrace.api import MillraceApi

        state = MillraceApi(self.env["MILLRACE_API"]).wait(run)
        assert state == "succeeded", "%s: %s" % (run, state)


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def create(user: User, _: int) -> None:
    package = median(lambda: user.call("package", "save", str(user.folder / "package.tgz")))
    whole = median(lambda: user.call("millrace", "create", "--max-workers", str(AT_A_TIME)))
    print_figure(
        "create beyond packaging", whole - package, "s", 2,
        "limit: the goal; create %.2f s, package save %.2f s, medians of %d" % (whole, package, ROUNDS),
    )


def first(user: User, _: int) -> None:
    import metaflow

    metaflow.namespace(None)
    own: List[float] = []
    began: List[float] = []
    reached: List[float] = []
    reached_by_metaflow: List[float] = []
    for _ in range(ROUNDS):
        own.append(user.call("show"))
        asked = time.time()
        run = user.trigger(1)
        user.wait(run)
        task = metaflow.Run("FanFlow/" + run)["start"].task
        began.append(task.data.began - asked)
        reached.append(task.data.reached - asked)
        asked = time.time()
        user.call("run", "--width", "1")
        reached_by_metaflow.append(metaflow.Flow("FanFlow").latest_run["start"].task.data.reached - asked)
    start = statistics.median(own)
    print_figure(
        "trigger to the first task's process", statistics.median(began) - start, "s", 1,
        "limit: the goal, beyond Metaflow's own start, which is %.2f s (command show); medians of %d" % (start, ROUNDS),
    )
    print_figure(
        "trigger to the first line of the first step", statistics.median(reached), "s", statistics.median(reached_by_metaflow),
        "limit: the same of Metaflow's own local runtime, from its command run; medians of %d, by turns" % ROUNDS,
    )


def fan(user: User, _: int) -> None:
    ours: List[float] = []
    own: List[float] = []
    for _ in range(ROUNDS):
        own.append(user.call("run", "--max-workers", str(AT_A_TIME), "--width", "50"))
        began = time.monotonic()
        user.wait(user.trigger(50))
        ours.append(time.monotonic() - began)
    print_figure(
        "1 → 50 → 1, from the command to the end", statistics.median(ours), "s", statistics.median(own),
        "limit: Metaflow's own local runtime; %d at a time in both; medians of %d, by turns; the goal is a ratio of 1.3"
        % (AT_A_TIME, ROUNDS),
    )


def wide(user: User, server: int) -> None:
    began = time.monotonic()
    user.wait(user.trigger(WIDE))
    seconds = time.monotonic() - began
    print_figure(
        "peak memory of the scheduler after a foreach of %d" % WIDE, peak(scheduler(server)) / 1024, "MiB", 512,
        "limit: the goal of the server; the run took %.1f s, %.2f s a task of two cores" % (seconds, seconds * 2 / (WIDE + 3)),
    )


def scheduler(server: int) -> int:
    """The process of the scheduler, a child of local mode."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # It has ended meanwhile.
        if parent == server and b"quarkus-run.jar" in command:
            return int(folder.name)
    raise AssertionError("process %d has no scheduler among its children" % server)


def peak(process: int) -> int:
    """In KiB."""
    status = Path("/proc/%d/status" % process).read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


PARTS: Dict[str, Callable[[User, int], None]] = dict(create=create, first=first, fan=fan, wide=wide)


def main(names: List[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print("There is no part %s; there are %s." % (", ".join(unknown), ", ".join(PARTS)), file=sys.stderr)
        return 2
    if not is_built():
        print("Local mode is not built: run bin/build first.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="millrace-bench") as folder:
        with local_mode(Path(folder) / "millrace") as server:
            user = User(Path(folder), server.at["http"])
            user.call("millrace", "create", "--max-workers", str(AT_A_TIME))
            for name in names or PARTS:
                PARTS[name](user, server.process.pid)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
