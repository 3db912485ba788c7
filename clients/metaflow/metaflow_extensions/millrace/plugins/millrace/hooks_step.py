"""Runs the exit hooks of a run that has ended: a process of this machine, or a pod. Imports the standard library only.

    python -S -E hooks_step.py <specification as JSON>

Each hook runs by itself, as Metaflow has it, with the run that has ended; one that fails keeps no other from running.
"""

import json
import os
import subprocess
import sys

from launch_step import working_folder
from task import Task


def main():
    spec = json.loads(sys.argv[1])
    succeeded = os.environ["MILLRACE_PARAM_RESULT"] == "succeeded"
    env, python = dict(os.environ), spec.get("python", "python")
    if "code" in spec:
        # In a pod, the shell has done this.
        env.update(spec["env"], METAFLOW_EXTRACTED_ROOT=spec["code"])
        env["PYTHONPATH"] = os.pathsep.join(
            [spec["code"] + "/.mf_code", spec["code"]] + [path for path in [env.get("PYTHONPATH")] if path]
        )
        os.chdir(working_folder(env["MILLRACE_DATA_DIR"], spec["code"], Task(spec, os.environ)))
    run = "%s/%s" % (spec["flow"], os.environ["MILLRACE_PARAM_RUN"])
    if spec.get("fetch"):
        # Without a metadata service, what the run's pods have told of it is in the datastore.
        module = "metaflow_extensions.millrace.plugins.millrace.local_metadata"
        if subprocess.call([python, "-m", module, spec["flow"], os.environ["MILLRACE_PARAM_RUN"]], env=env) != 0:
            print("What is known of %s could not be brought here; its hooks do not see it." % run, file=sys.stderr)
    failed = []
    for hook in spec["hooks"]["succeeded" if succeeded else "failed"]:
        print("exit hook %s of %s" % (hook, run), flush=True)
        command = [python, "-m", "metaflow.plugins.exit_hook.exit_hook_script", spec["script"], hook, run]
        if subprocess.call(command, env=env) != 0:
            failed.append(hook)
    return "These exit hooks have failed: %s" % ", ".join(failed) if failed else 0


if __name__ == "__main__":
    sys.exit(main())
