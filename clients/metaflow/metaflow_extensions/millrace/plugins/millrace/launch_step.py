"""Runs one attempt of a Metaflow step as a process of this machine. A script of its own: it runs from the extracted
code package, imports the standard library only, and so costs a fraction of a start of Metaflow.

    python -S -E launch_step.py <specification as JSON>

What is the same for each task of the step is in the specification (``step_command.py`` writes it), what is this
task's own comes in MILLRACE_* variables. Around the step it does what a Metaflow container's shell script does: the
``_parameters`` task before the first step, the input paths, the log in Metaflow's own format, the exit code.
"""

import json
import os
import signal
import subprocess
import sys

from capture import execute
from task import log_files, task_of


def main():
    spec = json.loads(sys.argv[1])
    task = task_of(spec, os.environ)
    data = os.environ["MILLRACE_DATA_DIR"]
    # The step gets the signal too; this process waits for what it still says.
    signal.signal(signal.SIGTERM, lambda *_: None)

    env = variables(task)
    is_local = spec["datastore"] == "local"
    work = working_folder(data, spec["code"], task)
    if is_local and not os.path.lexists(work + "/.metaflow"):
        # Metaflow looks for it from the working folder upwards, for cards and for its configuration.
        os.symlink(spec["root"], work + "/.metaflow")
    os.chdir(work)
    kept = os.path.join(spec["root"], spec["flow"], task.run, task.step, task.id) if is_local else work + "-logs"
    logs = log_files(kept, task.attempt)
    try:
        return execute(task, env, logs, os.path.join(data, "input-paths-%d-%d" % (task.attempt, task.node)))
    finally:
        if not is_local:
            save_logs(task, env, logs)


def variables(task):
    spec = task.spec
    result = dict(os.environ, **spec["env"])
    before = os.environ.get("PYTHONPATH")
    path = [spec["code"] + "/.mf_code", spec["code"]] + ([before] if before else [])
    result["PYTHONPATH"] = os.pathsep.join(path)
    result["METAFLOW_EXTRACTED_ROOT"] = spec["code"]
    result.update(task.variables())
    return result


def working_folder(data, code, task):
    """A folder of the attempt's own that shows the code package, as a container's would: what a step writes beside
    its code is seen by no other task, and the package stays as it was deployed."""
    work = os.path.join(data, "work-%d-%d" % (task.attempt, task.node))
    os.makedirs(work, exist_ok=True)
    for name in os.listdir(code):
        link = os.path.join(work, name)
        if name != "__pycache__" and not os.path.lexists(link):
            os.symlink(os.path.join(code, name), link)
    return work


def save_logs(task, env, logs):
    """Copies the log to a datastore that is no folder. That it fails is said, and fails no step."""
    spec = task.spec
    env = dict(
        env,
        MF_PATHSPEC="/".join((spec["flow"], task.run, task.step, task.id)),
        MF_DATASTORE=spec["datastore"], MF_DATASTORE_ROOT=spec["root"], MF_ATTEMPT=str(task.attempt),
        MFLOG_STDOUT=logs[0], MFLOG_STDERR=logs[1],
    )
    subprocess.call([spec["command"][0], "-m", "metaflow.mflog.save_logs"], env=env, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
