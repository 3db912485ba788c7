"""@kubernetes and @resources as Millrace's ``resources`` and ``kubernetes`` sections."""

from typing import Any, Dict, List, Optional

from metaflow import current
from metaflow.metaflow_config import KUBERNETES_NAMESPACE, KUBERNETES_SECRETS
from metaflow.metaflow_config_funcs import config_values

from .variables import POD_FIELDS


def resources(node: Any) -> Dict[str, str]:
    """What a step asks for. Metaflow has merged @resources into @kubernetes by now where a step has both."""
    deco = pod_decorator(node) or find(node, "resources")
    if deco is None:
        return {}
    asked = deco.attributes
    result = {"cpu": _text(asked.get("cpu")), "gpu": _text(asked.get("gpu"))}
    for name in ("memory", "disk"):
        value = _text(asked.get(name))
        # Metaflow counts in decimal megabytes here, and merges to texts such as 4096.0.
        result[name] = value and value + "M"
    return {name: value for name, value in result.items() if value}


def kubernetes(node: Any, ttl_seconds: Optional[Any]) -> Dict[str, Any]:
    """How a step runs on Kubernetes; empty where neither @kubernetes nor @millrace says it."""
    deco = pod_decorator(node)
    if deco is None:
        return {}
    asked = deco.attributes
    section: Dict[str, Any] = {
        "imagePullPolicy": asked["image_pull_policy"],
        "imagePullSecrets": asked["image_pull_secrets"],
        "gpuVendor": asked["gpu_vendor"] if asked["gpu"] is not None else None,
        "extendedResources": _texts(asked["extended_resources"]),
        "qos": asked["qos"] and str(asked["qos"]).lower(),
        "sharedMemory": asked["shared_memory"] and "%sMi" % asked["shared_memory"],
        "tmpfs": _tmpfs(asked),
        "nodeSelector": _node_selector(asked["node_selector"]),
        "tolerations": asked["tolerations"],
        "persistentVolumeClaims": _texts(asked["persistent_volume_claims"]),
        "secrets": _secrets(asked["secrets"]),
        "ports": asked["port"] and [int(asked["port"])],
        "labels": _texts(asked["labels"]),
        "annotations": {**(_texts(asked["annotations"]) or {}), **_project()},
        "serviceAccount": asked["service_account"],
        "namespace": _namespace(asked["namespace"]),
        "securityContext": _camel_case(asked["security_context"]),
        "activeDeadline": deco.run_time_limit and "%ds" % deco.run_time_limit,
        "ttl": ttl_seconds and "%ds" % int(ttl_seconds),
        "envFromFields": POD_FIELDS,
    }
    return {name: value for name, value in section.items() if value}


def image(node: Any) -> Optional[str]:
    deco = pod_decorator(node)
    return deco.attributes["image"] if deco is not None else None


def pod_decorator(node: Any) -> Any:
    """What says how a step's pod is to be: @millrace, which takes the same attributes, or @kubernetes; None for
    neither."""
    return find(node, "millrace") or find(node, "kubernetes")


def find(node: Any, name: str) -> Any:
    return next((deco for deco in node.decorators if deco.name == name), None)


def environment_of(decorators: List[Any]) -> Optional[str]:
    """The decorator by which a step has an environment of packages of its own; None where it has none."""
    found = [deco for deco in decorators if deco.name in ("conda", "pypi")]
    if any(str(deco.attributes["disabled"]).lower() == "true" for deco in found):
        return None
    # Metaflow adds @conda to every step as soon as one has @pypi.
    return max((str(deco.name) for deco in found), default=None)


def _text(value: Any) -> Optional[str]:
    return None if value is None else str(value)


def _texts(values: Optional[Dict[str, Any]]) -> Optional[Dict[str, str]]:
    return values and {str(name): str(value) for name, value in values.items()}


def _tmpfs(asked: Dict[str, Any]) -> Optional[Dict[str, str]]:
    if not asked["use_tmpfs"] and not asked["tmpfs_size"]:
        return None
    size = asked["tmpfs_size"] or int(float(asked["memory"])) // 2
    return {"size": "%dMi" % int(size), "path": asked["tmpfs_path"]}


def _node_selector(asked: Any) -> Optional[Dict[str, str]]:
    if isinstance(asked, str):
        asked = asked.split(",")
    if isinstance(asked, (list, tuple)):
        return dict((pair.split("=", 1) + [""])[:2] for pair in asked if pair)
    return _texts(asked)


def _namespace(asked: str) -> Optional[str]:
    """Metaflow's own default is nobody's choice: Millrace's is taken then."""
    chosen = any(name == "METAFLOW_KUBERNETES_NAMESPACE" for name, _ in config_values())
    return asked if chosen or asked != KUBERNETES_NAMESPACE else None


def _project() -> Dict[str, str]:
    names = ("project_name", "branch_name", "project_flow_name")
    return {"metaflow/" + name: str(current.get(name)) for name in names if current.get("project_name")}


def _secrets(asked: Any) -> Any:
    if isinstance(asked, str):
        asked = asked.split(",")
    everyones = KUBERNETES_SECRETS.split(",") if KUBERNETES_SECRETS else []
    return list(dict.fromkeys(name for name in everyones + list(asked or []) if name))


def _camel_case(asked: Optional[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    def camel(name: str) -> str:
        first, *rest = name.split("_")
        return first + "".join(word.capitalize() for word in rest)

    return asked and {camel(name): value for name, value in asked.items()}
