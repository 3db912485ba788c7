"""Runs one attempt of a Metaflow step in a pod, where the shell has extracted the code package (``step_command.py``).

    python -S -E pod_step.py <specification as JSON>
"""

import json
import os
import sys

from capture import execute
from task import task_of


def main():
    task = task_of(json.loads(sys.argv[1]), os.environ)
    env = dict(os.environ, **task.variables())
    # Metaflow's way to save logs reads the same files.
    logs = [env["MFLOG_STDOUT"], env["MFLOG_STDERR"]]
    return execute(task, env, logs, "/tmp/input-paths")


if __name__ == "__main__":
    sys.exit(main())
