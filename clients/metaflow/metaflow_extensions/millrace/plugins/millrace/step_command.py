"""The container section of a step: what it runs, as a process of this machine or in a pod."""

import json
import os
import shlex
from typing import Any, Dict, List

from metaflow.mflog import BASH_SAVE_LOGS, export_mflog_env_vars

from . import kubernetes_section, variables
from .deployment import Deployment
from .door import TAKEN

#: Where the scripts that run around a step are in an extracted code package.
SCRIPTS = ".mf_code/metaflow_extensions/millrace/plugins/millrace/"


def container(flow: Any, graph: Any, node: Any, to: Deployment, environment: Any, retries: int) -> Dict[str, Any]:
    spec = specification(flow, graph, node, to, environment, retries)
    if to.on_kubernetes:
        return {
            "image": kubernetes_section.image(node),
            "command": ["bash", "-c", script(flow, node, to, environment), "millrace", text(spec)],
            "env": {**variables.of_pod(flow, to, kubernetes_section.pod_decorator(node)), **variables.of_user(node)},
        }
    launcher = os.path.join(str(to.package.folder), SCRIPTS, "launch_step.py")
    spec.update(root=to.datastore_root, code=to.package.folder, env=variables.of_process(flow, to))
    # What the document's reader finds as the environment is the user's own.
    return {"command": [to.executable, "-S", "-E", launcher, text(spec)], "env": variables.of_user(node)}


def specification(
    flow: Any, graph: Any, node: Any, to: Deployment, environment: Any, retries: int
) -> Dict[str, Any]:
    """What the scripts that run around the step have to know; all of it is the same for each task of the step."""
    tags = [word for tag in to.tags for word in ("--tag", tag)]
    is_start = node.name == graph.start_step
    special: Dict[str, Any] = {"project": to.project} if to.project else {}
    if to.is_mixed:
        special["mixed"] = True
    return {
        **special,
        "flow": flow.name,
        "command": _executable(node, to, environment) + ["-u", to.script] + _top_level(node, to),
        "init": tags,
        "step": tags + (["--namespace", to.namespace] if to.namespace is not None else []),
        "start": is_start,
        "parameters": to.parameters if is_start else {},
        "retries": retries,
        "split": any(graph[before].type == "foreach" for before in node.in_funcs),
        "gang": node.parallel_step,
        "datastore": to.datastore_type,
    }


def script(flow: Any, node: Any, to: Deployment, environment: Any) -> str:
    """What a pod's shell does: Metaflow's own way to the code package, then ``pod_step.py`` from it, which takes the
    specification as its argument. Its logs are saved at the end, whatever came of it."""
    logs = "$PWD/.logs"
    of = "$MILLRACE_PARAM_%s" if to.is_mixed else "$MILLRACE_%s_ID"
    run, control = of % "RUN", of % "TASK"
    attempt = "$MILLRACE_PARAM_ATTEMPT" if to.is_mixed else "$MILLRACE_ATTEMPT"
    worker = control + "-worker-$((MILLRACE_NODE_INDEX - 1))"
    task = (
        "export METAFLOW_TASK_ID=%s; if [ ${MILLRACE_NODE_INDEX:-0} -gt 0 ]; "
        "then export METAFLOW_TASK_ID=%s; fi" % (control, worker)
    )
    mflog = export_mflog_env_vars(
        flow_name=flow.name,
        run_id=run,
        step_name=node.name,
        task_id="$METAFLOW_TASK_ID",
        retry_count=attempt,
        datastore_type=to.datastore_type,
        datastore_root=to.datastore_root,
        stdout_path=logs + "/mflog_stdout",
        stderr_path=logs + "/mflog_stderr",
    )
    setup = [
        '${METAFLOW_INIT_SCRIPT:+eval \\"${METAFLOW_INIT_SCRIPT}\\"}', "mkdir -p " + logs, task, mflog
    ] + environment.get_package_commands(to.package.url, to.datastore_type, to.package.metadata)
    if setup[-1] == "flush_mflogs":
        # One start of Metaflow less; what was said up to here is saved as soon as the step runs.
        setup.pop()
    step = environment.bootstrap_commands(node.name, to.datastore_type) + [
        'python -S -E %spod_step.py \\"$1\\"' % SCRIPTS
    ]
    # Whoever was not let in must not write over the log of the one who was.
    save = "[ $c = %d ] || %s >/dev/null" % (TAKEN, BASH_SAVE_LOGS)
    whole = "%s && (%s); c=$?; %s; exit $c" % (" && ".join(setup), " && ".join(step), save)
    # Metaflow writes its commands for a place inside double quotes.
    return shlex.split('"%s"' % whole)[0]


def package_script(environment: Any, to: Deployment, command: str) -> str:
    """What a pod's shell does for a command that is no task: Metaflow's own way to the code package, then the command,
    which takes one argument. There is no task whose log could be kept in the datastore."""
    setup = ['${METAFLOW_INIT_SCRIPT:+eval \\"${METAFLOW_INIT_SCRIPT}\\"}', "export MFLOG_STDOUT=/dev/null"]
    setup += environment.get_package_commands(to.package.url, to.datastore_type, to.package.metadata)
    setup = [one for one in setup if one != "flush_mflogs"]
    return shlex.split('"%s"' % " && ".join(setup + ['%s \\"$1\\"' % command]))[0]


def _executable(node: Any, to: Deployment, environment: Any) -> List[str]:
    """The interpreter. That of an environment is a few words of shell: what ``bootstrap_commands`` have made in the pod."""
    if not to.on_kubernetes:
        return [to.executable]
    asked = kubernetes_section.pod_decorator(node).attributes["executable"]
    return shlex.split(str(environment.executable(node.name, asked)))


def _top_level(node: Any, to: Deployment) -> List[str]:
    # A decorator that came by --with is not in the code: the step's process has to be told.
    late = [
        "--with=" + deco.make_decorator_spec()
        for deco in node.decorators
        if not deco.statically_defined and deco.inserted_by is None and deco.name != "millrace_internal"
    ]
    return (
        late
        + to.top_level
        + [word for name in to.configs for word in ("--config-value", name, "kv." + name)]
        + [
            "--quiet",
            "--metadata=" + to.metadata_type,
            "--environment=" + to.environment_type,
            "--datastore=" + to.datastore_type,
            "--datastore-root=" + to.datastore_root,
            "--event-logger=" + to.event_logger_type,
            "--monitor=" + to.monitor_type,
            "--no-pylint",
            "--with=millrace_internal",
        ]
    )


def text(spec: Dict[str, Any]) -> str:
    return json.dumps(spec, sort_keys=True)
