"""Runs one attempt of a Metaflow step in a pod, where the shell has extracted the code package (``step_command.py``).

    python -S -E pod_step.py <specification as JSON>
"""

import json
import os
import sys

from capture import execute
from task import task_of


def main():
    spec = json.loads(sys.argv[1])
    # An environment's interpreter is in a folder that is named after the machine's architecture.
    spec["command"][0] = os.path.expandvars(spec["command"][0])
    task = task_of(spec, os.environ)
    env = dict(os.environ, **task.variables())
    # Metaflow's way to save logs reads the same files.
    logs = [env["MFLOG_STDOUT"], env["MFLOG_STDERR"]]
    return execute(task, env, logs, "/tmp/input-paths")


if __name__ == "__main__":
    sys.exit(main())
