"""One attempt of a Metaflow task, as Millrace's variables describe it, in Metaflow's words. Imports the standard library
only: a start of Metaflow costs a second and more, and the scripts around a step need none.
"""

import json
import os
import re
import subprocess
import sys

#: The exit code of ``millrace outcome`` when no earlier attempt has finished the task.
NOT_FINISHED = 3

RANGE = re.compile(r"(.*-)\[(\d+)\.\.(\d+)\](\.\d+)?")


class Task:
    """Who this process is.

    :param spec: what ``step_command.py`` says of the step
    :param environ: this attempt's MILLRACE_* variables
    """

    def __init__(self, spec, environ):
        self.spec = spec
        self.environ = environ
        self.run = environ["MILLRACE_RUN_ID"]
        self.step = environ["MILLRACE_STEP"]
        self.attempt = int(environ["MILLRACE_ATTEMPT"])
        self.control = environ["MILLRACE_TASK_ID"]
        self.node = int(environ.get("MILLRACE_NODE_INDEX", "0"))
        self.id = self.control if self.node == 0 else "%s-worker-%d" % (self.control, self.node - 1)
        self.parameters_id = self.control + "-params"

    def parameter(self, name):
        """A parameter of the run as text; None where it has none."""
        variable = "MILLRACE_PARAM_" + name.replace("-", "_").upper()
        value = self.environ.get(variable)
        if value is None and variable + "_FILE" in self.environ:
            with open(self.environ[variable + "_FILE"], encoding="utf-8") as file:
                value = file.read()
        return value

    def variables(self):
        """What Metaflow wants in the environment of this task."""
        result = {
            "PYTHONUNBUFFERED": "x",
            "METAFLOW_STEP_NAME": self.step,
            "METAFLOW_RUN_ID": self.run,
            "METAFLOW_TASK_ID": self.id,
            "METAFLOW_RETRY_COUNT": str(self.attempt),
        }
        if self.spec["gang"]:
            result.update(self._gang())
        return result

    def was_finished(self, env):
        """Whether an earlier attempt had done its work and was only killed before its end was known. Its outcome is
        then reported again: Metaflow's readers look at the latest attempt that was started, and starting one more would
        take a finished task back. The members of a gang need each other, and are all run again.
        """
        if self.attempt == 0 or self.spec["gang"]:
            return False
        code = subprocess.call(
            self.spec["command"]
            + ["millrace", "outcome", "--run-id", self.run, "--task-id", self.id, "--before", str(self.attempt), self.step],
            env=env,
        )
        if code not in (0, NOT_FINISHED):
            sys.exit("Whether an earlier attempt had finished %s/%s could not be found out (exit code %d)."
                     % (self.run, self.id, code))
        return code == 0

    def needs_parameters(self, env):
        """Whether the run's parameters are still to be stored. Tried again, the first step must not store them anew:
        they are the run's, not the attempt's."""
        if not self.spec["start"] or self.attempt == 0:
            return self.spec["start"]
        found = subprocess.call(
            self.spec["command"] + ["dump", "--max-value-size=0", "%s/_parameters/%s" % (self.run, self.parameters_id)],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        return found != 0

    def parameters(self):
        """What the first step's process needs to store the run's parameters before it begins (``parameters_task.py``)."""
        values = self._parameter_values()
        words = ["--run-id", self.run, "--task-id", self.parameters_id] + self.spec["init"]
        return dict(values, MILLRACE_INIT=json.dumps({"words": words, "variables": sorted(values)}))

    def step_command(self, inputs_file):
        """Writes the inputs into a file, for their number has no bound."""
        with open(inputs_file, "w") as file:
            file.write(",".join(self._inputs()))
        command = self.spec["command"] + [
            "step", self.step, "--run-id", self.run, "--task-id", self.id, "--retry-count", str(self.attempt),
            "--max-user-code-retries", str(self._user_code_retries()), "--input-paths-filename", inputs_file,
        ]
        if self.spec["gang"]:
            command += ["--split-index", str(self.node), "--ubf-context", "ubf_task" if self.node else "ubf_control"]
        elif self.spec["split"]:
            command += ["--split-index", self.environ["MILLRACE_SPLIT_INDEX"]]
        if "MILLRACE_ORIGIN_RUNS" in self.environ:
            # The run goes on from another one, the nearest of these.
            command += ["--clone-run-id", self.environ["MILLRACE_ORIGIN_RUNS"].split(",")[0]]
        return command + self.spec["step"]

    def _user_code_retries(self):
        """Metaflow counts every attempt against @retry; Millrace does not count those that the platform failed. Each
        of these moves the last attempt, the one whose exception @catch takes, by one. A fallback comes after the last.
        """
        if self.environ.get("MILLRACE_FALLBACK"):
            return max(0, min(self.spec["retries"], self.attempt - 1))
        return self.spec["retries"] + self.attempt - int(self.environ["MILLRACE_USER_FAILURES"])

    def _gang(self):
        address = self.environ.get("MILLRACE_MAIN_ADDRESS", "127.0.0.1")
        nodes = self.environ["MILLRACE_NUM_NODES"]
        result = {
            "MF_MASTER_ADDR": address,
            "MF_WORLD_SIZE": nodes,
            "MF_PARALLEL_MAIN_IP": address,
            "MF_PARALLEL_NUM_NODES": nodes,
            "MF_PARALLEL_NODE_INDEX": str(self.node),
            "MF_PARALLEL_CONTROL_TASK_ID": self.control,
            "UBF_CONTEXT": "ubf_task" if self.node else "ubf_control",
        }
        # Otherwise Metaflow starts the other members itself, as children of the first.
        result["METAFLOW_RUNTIME_ENVIRONMENT"] = self.environ.get("METAFLOW_RUNTIME_ENVIRONMENT", "millrace")
        if self.node:
            result["MF_WORKER_REPLICA_INDEX"] = str(self.node - 1)
        else:
            result["MF_CONTROL_INDEX"] = "0"
        return result

    def _parameter_values(self):
        """The run's parameters as ``init`` reads them."""
        result = {}
        for name, kind in self.spec["parameters"].items():
            value = self.parameter(name)
            if value is None:
                continue
            if kind == "json":
                value = json_text(value)
            result["METAFLOW_INIT_" + name.replace("-", "_").upper()] = value
        return result

    def _inputs(self):
        if self.spec["start"]:
            return ["%s/_parameters/%s" % (self.run, self.parameters_id)]
        if "MILLRACE_INPUTS_FILE" in self.environ:
            with open(self.environ["MILLRACE_INPUTS_FILE"]) as file:
                tasks = file.read().split()
        else:
            tasks = expand(self.environ["MILLRACE_INPUTS"])
        return ["%s/%s/%s" % (self.run, task.split("-", 1)[0].split(".", 1)[0], task) for task in tasks]


class MixedTask(Task):
    """A task of a run that Metaflow's own runtime drives (``mixed.py``). For Millrace it is a run of its own, whose
    parameters say who it is; Metaflow counts its attempts and has made all that comes before it.
    """

    def __init__(self, spec, environ):
        super().__init__(spec, environ)
        self.run = self.parameter("run")
        self.attempt = int(self.parameter("attempt"))
        self.control = self.parameter("task")
        self.id = self.control if self.node == 0 else "%s-worker-%d" % (self.control, self.node - 1)

    def was_finished(self, env):
        # The runtime has begun this attempt already: for Metaflow's readers no earlier one counts any more.
        return False

    def needs_parameters(self, env):
        return False

    def step_command(self, inputs_file):
        with open(inputs_file, "w") as file:
            file.write(self.parameter("inputs") or "")
        command = self.spec["command"] + [
            "step", self.step, "--task-id", self.id, "--input-paths-filename", inputs_file,
        ] + json.loads(self.parameter("arguments"))
        if self.spec["gang"]:
            command += ["--split-index", str(self.node), "--ubf-context", "ubf_task" if self.node else "ubf_control"]
        return command


def task_of(spec, environ):
    """Who this process is; the arguments are those of ``Task``."""
    return (MixedTask if spec.get("mixed") else Task)(spec, environ)


def expand(ranges):
    """The task ids of a list in which ``train-[0..2]`` stands for three."""
    result = []
    for element in filter(None, ranges.split(",")):
        found = RANGE.fullmatch(element)
        if not found:
            result.append(element)
            continue
        before, first, last, after = found.groups()
        result += ["%s%d%s" % (before, i, after or "") for i in range(int(first), int(last) + 1)]
    return result


def json_text(value):
    """A text that is no JSON came from a program that passed a plain string: Metaflow's own are quoted twice."""
    try:
        json.loads(value)
        return value
    except ValueError:
        return json.dumps(value)


def log_files(folder, attempt):
    """Where the lines of both streams go until they are in the datastore."""
    os.makedirs(folder, exist_ok=True)
    return [os.path.join(folder, "%d.task_%s.log" % (attempt, stream)) for stream in ("stdout", "stderr")]
