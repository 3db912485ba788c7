"""Runs one attempt of a Metaflow step as a process of this machine. A script of its own: it runs from the extracted
code package, imports the standard library only, and so costs a fraction of a start of Metaflow.

    python -S -E launch_step.py <specification as JSON>

What is the same for each task of the step is in the specification (``step_command.py`` writes it), what is this
task's own comes in MILLRACE_* variables. Around the step it does what a Metaflow container's shell script does: the
``_parameters`` task before the first step, the input paths, the log in Metaflow's own format, the exit code.
"""

import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import uuid

stopped = threading.Event()


def main():
    spec = json.loads(sys.argv[1])
    environ = os.environ
    run, step = environ["MILLRACE_RUN_ID"], environ["MILLRACE_STEP"]
    attempt = int(environ["MILLRACE_ATTEMPT"])
    control = environ["MILLRACE_TASK_ID"]
    node = int(environ.get("MILLRACE_NODE_INDEX", "0"))
    task = control if node == 0 else "%s-worker-%d" % (control, node - 1)
    data = environ["MILLRACE_DATA_DIR"]
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())

    if attempt > 0 and node == 0 and done_before(data, environ["MILLRACE_OUTCOME_FILE"]):
        return 0

    variables = dict(environ)
    variables.update(spec["env"])
    variables["PYTHONUNBUFFERED"] = "x"
    before = environ.get("PYTHONPATH")
    path = [spec["code"] + "/.mf_code", spec["code"]] + ([before] if before else [])
    variables["PYTHONPATH"] = os.pathsep.join(path)
    variables["METAFLOW_EXTRACTED_ROOT"] = spec["code"]
    variables["METAFLOW_STEP_NAME"] = step
    variables["METAFLOW_RUN_ID"] = run
    variables["METAFLOW_TASK_ID"] = task
    variables["METAFLOW_RETRY_COUNT"] = str(attempt)
    arguments = [
        "--run-id", run, "--task-id", task, "--retry-count", str(attempt),
        "--max-user-code-retries", str(user_code_retries(spec["retries"], attempt, data)),
    ]
    if spec["gang"]:
        variables.update(gang(control, node))
        arguments += ["--split-index", str(node), "--ubf-context", "ubf_task" if node else "ubf_control"]
    elif spec["split"]:
        arguments += ["--split-index", environ["MILLRACE_SPLIT_INDEX"]]

    work = working_folder(data, spec["code"], attempt, node)
    base = os.path.join(spec["root"], spec["flow"], run)
    folder = os.path.join(base, step, task)
    os.makedirs(folder, exist_ok=True)
    logs = [os.path.join(folder, "%d.task_%s.log" % (attempt, stream)) for stream in ("stdout", "stderr")]

    if spec["start"]:
        parameters = task + "-params"
        # Tried again, the first step must not make the parameters anew: they are the run's, not the attempt's.
        if not os.path.exists(os.path.join(base, "_parameters", parameters, "0.DONE.lock")):
            code = captured(
                spec["command"] + ["init", "--run-id", run, "--task-id", parameters] + spec["init"],
                work, dict(variables, **parameter_values(spec["parameters"])), logs,
            )
            if code != 0:
                return ended(code, attempt, node, data)
        inputs = ["%s/_parameters/%s" % (run, parameters)]
    else:
        inputs = input_paths(run)
    with open(os.path.join(data, "input-paths-%d-%d" % (attempt, node)), "w") as file:
        file.write(",".join(inputs))
    arguments += ["--input-paths-filename", file.name]
    code = captured(spec["command"] + ["step", step] + arguments + spec["step"], work, variables, logs)
    return ended(code, attempt, node, data)


def done_before(data, target):
    """Whether an earlier attempt had done its work and was only killed before its end was known. Metaflow's readers
    look at the latest attempt that was started: starting one more would take a finished task back."""
    try:
        with open(os.path.join(data, "done.json")) as file:
            text = file.read()
    except FileNotFoundError:
        return False
    with open(target, "w") as file:
        file.write(text)
    print("An earlier attempt had finished this task; its result stands.", file=sys.stderr)
    return True


def user_code_retries(retries, attempt, data):
    """Metaflow counts every attempt against @retry; Millrace does not count those that the platform failed. Each of
    these moves the last attempt, the one whose exception @catch takes, by one. A fallback comes after the last."""
    if os.environ.get("MILLRACE_FALLBACK"):
        return max(0, min(retries, attempt - 1))
    own = sum(1 for n in range(attempt) if os.path.exists(os.path.join(data, "failed-%d" % n)))
    return retries + attempt - own


def ended(code, attempt, node, data):
    """Notes a failure that was the step's own, a timeout included: a process that is killed notes nothing."""
    code = 128 - code if code < 0 else code
    if node == 0 and (code != 0 or stopped.is_set()):
        with open(os.path.join(data, "failed-%d" % attempt), "w") as file:
            file.write(str(code))
    return code


def gang(control, node):
    address = os.environ.get("MILLRACE_MAIN_ADDRESS", "127.0.0.1")
    nodes = os.environ["MILLRACE_NUM_NODES"]
    result = {
        # Otherwise Metaflow starts the other members itself, as children of the first.
        "METAFLOW_RUNTIME_ENVIRONMENT": "millrace",
        "MF_MASTER_ADDR": address,
        "MF_WORLD_SIZE": nodes,
        "MF_PARALLEL_MAIN_IP": address,
        "MF_PARALLEL_NUM_NODES": nodes,
        "MF_PARALLEL_NODE_INDEX": str(node),
        "MF_PARALLEL_CONTROL_TASK_ID": control,
        "UBF_CONTEXT": "ubf_task" if node else "ubf_control",
    }
    if node:
        result["MF_WORKER_REPLICA_INDEX"] = str(node - 1)
    else:
        result["MF_CONTROL_INDEX"] = "0"
    return result


def working_folder(data, code, attempt, node):
    """A folder of the attempt's own that shows the code package, as a container's would: what a step writes beside
    its code is seen by no other task, and the package stays as it was deployed."""
    work = os.path.join(data, "work-%d-%d" % (attempt, node))
    os.makedirs(work, exist_ok=True)
    for name in os.listdir(code):
        link = os.path.join(work, name)
        if name != "__pycache__" and not os.path.lexists(link):
            os.symlink(os.path.join(code, name), link)
    return work


def parameter_values(parameters):
    """The run's parameters as ``init`` reads them."""
    result = {}
    for name, kind in parameters.items():
        variable = "MILLRACE_PARAM_" + name.replace("-", "_").upper()
        value = os.environ.get(variable)
        if value is None and variable + "_FILE" in os.environ:
            with open(os.environ[variable + "_FILE"], encoding="utf-8") as file:
                value = file.read()
        if value is None:
            continue
        if kind == "json":
            value = json_text(value)
        result["METAFLOW_INIT_" + name.replace("-", "_").upper()] = value
    return result


def json_text(value):
    """A text that is no JSON came from a program that passed a plain string: Metaflow's own are quoted twice."""
    try:
        json.loads(value)
        return value
    except ValueError:
        return json.dumps(value)


def input_paths(run):
    with open(os.environ["MILLRACE_INPUTS_FILE"]) as file:
        tasks = file.read().split()
    return ["%s/%s/%s" % (run, task.split("-", 1)[0].split(".", 1)[0], task) for task in tasks]


def captured(command, work, variables, logs):
    """Runs a command. Its lines go on to this process's streams, and to the files where Metaflow's client looks."""
    child = subprocess.Popen(
        command, cwd=work, env=variables, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    readers = [
        threading.Thread(target=pump, args=(pipe, out.buffer, log), daemon=True)
        for pipe, out, log in zip((child.stdout, child.stderr), (sys.stdout, sys.stderr), logs)
    ]
    for reader in readers:
        reader.start()
    code = child.wait()
    for reader in readers:
        # What the step left behind may hold the pipe open for ever; it is killed with this process.
        reader.join(5)
    return code


def pump(pipe, out, log):
    with open(log, "ab", buffering=0) as file:
        for line in pipe:
            now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
            text = line if line.endswith(b"\n") else line + b"\n"
            file.write(("[MFLOG|0|%sZ|task|%s]" % (now, uuid.uuid4())).encode() + text)
            out.write(line)
            out.flush()


if __name__ == "__main__":
    sys.exit(main())
