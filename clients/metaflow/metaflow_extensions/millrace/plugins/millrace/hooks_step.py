"""Sends the notifications of a run that has ended and runs its exit hooks: a process of this machine, or a pod. Imports
the standard library only.

    python -S -E hooks_step.py <specification as JSON>

Each hook runs by itself, as Metaflow has it, with the run that has ended. What fails keeps nothing else from being done.
"""

import json
import os
import subprocess
import sys
from urllib.request import Request, urlopen

from launch_step import working_folder
from task import Task

PATIENCE_SECONDS = 30


def main():
    spec = json.loads(sys.argv[1])
    result = "succeeded" if os.environ["MILLRACE_PARAM_RESULT"] == "succeeded" else "failed"
    run_id = os.environ["MILLRACE_PARAM_RUN"]
    failed = [request["to"] for request in spec["notify"][result] if not notified(request, run_id)]
    hooks = spec["hooks"][result]
    if hooks:
        failed += run_hooks(spec, hooks, run_id)
    return "These have failed: %s" % ", ".join(failed) if failed else 0


def notified(request, run_id):
    """Sends a notification; whether it was taken."""
    body = json.dumps(request["body"]).replace("{run_id}", run_id).encode()
    headers = {"Content-Type": "application/json", **request["headers"]}
    print("notifying %s" % request["to"], flush=True)
    try:
        with urlopen(Request(request["url"], body, headers), timeout=PATIENCE_SECONDS):
            return True
    except (OSError, ValueError) as error:
        print("%s was not notified: %s" % (request["to"], error), file=sys.stderr)
        return False


def run_hooks(spec, hooks, run_id):
    """Names of the hooks that failed."""
    env, python = dict(os.environ), spec.get("python", "python")
    if "code" in spec:
        # In a pod, the shell has done this.
        env.update(spec["env"], METAFLOW_EXTRACTED_ROOT=spec["code"])
        env["PYTHONPATH"] = os.pathsep.join(
            [spec["code"] + "/.mf_code", spec["code"]] + [path for path in [env.get("PYTHONPATH")] if path]
        )
        os.chdir(working_folder(env["MILLRACE_DATA_DIR"], spec["code"], Task(spec, os.environ)))
    run = "%s/%s" % (spec["flow"], run_id)
    if spec.get("fetch"):
        # Without a metadata service, what the run's pods have told of it is in the datastore.
        module = "metaflow_extensions.millrace.plugins.millrace.local_metadata"
        if subprocess.call([python, "-m", module, spec["flow"], run_id], env=env) != 0:
            print("What is known of %s could not be brought here; its hooks do not see it." % run, file=sys.stderr)
    failed = []
    for hook in hooks:
        print("exit hook %s of %s" % (hook, run), flush=True)
        command = [python, "-m", "metaflow.plugins.exit_hook.exit_hook_script", spec["script"], hook, run]
        if subprocess.call(command, env=env) != 0:
            failed.append(hook)
    return failed


if __name__ == "__main__":
    sys.exit(main())
