"""@exit_hook and notifications: a second flow that is deployed beside the flow itself, and that its runs' ends start."""

import os
from typing import Any, Dict, List, Optional

from . import kubernetes_section, variables
from .api import MillraceApi, MillraceException
from .deployment import Deployment
from .notifications import Requests
from .step_command import SCRIPTS, package_script, text

SUFFIX = ".exit-hooks"
LONGEST_NAME = 128


def name_of(flow: str) -> str:
    """The flow of the hooks of a deployed flow."""
    return flow + SUFFIX


def compile_hooks(
    flow: Any,
    graph: Any,
    environment: Any,
    to: Deployment,
    ttl_seconds: Optional[Any] = None,
    notifications: Optional[Requests] = None,
) -> Optional[Dict[str, Any]]:
    """The flow document of what a run's end brings about; None where that is nothing."""
    decos = flow._flow_decorators.get("exit_hook") or []
    hooks = {
        "succeeded": [hook for deco in decos for hook in deco.success_hooks],
        "failed": [hook for deco in decos for hook in deco.error_hooks],
    }
    notify = notifications or {result: [] for result in hooks}
    results = [result for result in hooks if hooks[result] or notify[result]]
    if not results:
        return None
    name = name_of(to.name)
    if len(name) > LONGEST_NAME:
        raise MillraceException("With @exit_hook or notifications a flow's name has at most %d characters." % (LONGEST_NAME - len(SUFFIX)))
    mapped = {"run": "run_id", "result": "result"}
    return {
        "name": name,
        "description": "The exit hooks of %s" % to.name,
        "parameters": {one: {"type": "string", "required": True} for one in mapped},
        "steps": [_step(flow, graph, environment, to, {"hooks": hooks, "notify": notify}, _image(decos), ttl_seconds)],
        "triggers": {
            "events": [
                {"flow": to.name, "result": result, "parameters": mapped} for result in results
            ],
            "match": "any",
        },
    }


def _image(decos: List[Any]) -> Optional[str]:
    return next((deco.attributes["options"]["image"] for deco in decos if deco.attributes["options"].get("image")), None)


def _step(
    flow: Any, graph: Any, environment: Any, to: Deployment, ends: Dict[str, Any], image: Optional[str], ttl_seconds: Any
) -> Dict[str, Any]:
    # As Metaflow has it, hooks run where the first step does.
    first = graph[graph.start_step]
    spec = {"flow": flow.name, "script": to.script, **ends}
    step: Dict[str, Any] = {"name": "hooks", "retry": {"user": 0, "infrastructure": 0}}
    if to.on_kubernetes:
        if to.metadata_type == "local":
            spec["fetch"] = True
        step["container"] = {
            "image": image or kubernetes_section.image(first),
            "command": [
                "bash", "-c", package_script(environment, to, "python -S -E %shooks_step.py" % SCRIPTS), "millrace", text(spec)
            ],
            "env": variables.of_pod(flow, to, kubernetes_section.pod_decorator(first)),
        }
        step["kubernetes"] = kubernetes_section.kubernetes(first, ttl_seconds)
    else:
        launcher = os.path.join(str(to.package.folder), SCRIPTS, "hooks_step.py")
        spec.update(code=to.package.folder, env=variables.of_process(flow, to), python=to.executable)
        step["container"] = {"command": [to.executable, "-S", "-E", launcher, text(spec)]}
    resources = kubernetes_section.resources(first)
    if resources:
        step["resources"] = resources
    return step


def deploy(api: MillraceApi, name: str, document: Optional[Dict[str, Any]]) -> None:
    """Puts the hooks of a flow in the place of those before."""
    if document is not None:
        api.deploy(document)
    else:
        withdraw(api, name)


def withdraw(api: MillraceApi, name: str) -> None:
    if api.flow(name_of(name)) is not None:
        api.withdraw(name_of(name))
