"""The command and environment of a step's process in local mode; see ``launch_step.py`` for what it then does."""

import json
import os
import sys
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

LAUNCHER = ".mf_code/metaflow_extensions/millrace/plugins/millrace/launch_step.py"


class CodePackage(NamedTuple):
    """The flow's code as it was deployed: in the datastore, and extracted in a folder named after its digest."""

    folder: str
    url: str
    sha: str
    metadata: str


class Deployment(NamedTuple):
    """What is the same for every step of a deployed flow."""

    name: str
    script: str
    executable: str
    datastore_root: str
    metadata_type: str
    environment_type: str
    event_logger_type: str
    monitor_type: str
    top_level: List[str]
    parameters: Dict[str, str]
    configs: List[str]
    tags: List[str]
    namespace: Optional[str]
    production_token: str
    owner: str
    package: CodePackage


def container(flow: Any, graph: Any, node: Any, to: Deployment, retries: int) -> Dict[str, Any]:
    tags = [text for tag in to.tags for text in ("--tag", tag)]
    spec = {
        "flow": flow.name,
        "root": to.datastore_root,
        "code": to.package.folder,
        "command": [to.executable, "-u", to.script] + _top_level(node, to),
        "init": tags,
        "step": tags + (["--namespace", to.namespace] if to.namespace is not None else []),
        "start": node.name == graph.start_step,
        "parameters": to.parameters if node.name == graph.start_step else {},
        "retries": retries,
        "split": any(graph[before].type == "foreach" for before in node.in_funcs),
        "gang": node.parallel_step,
        "env": _metaflow(flow, to),
    }
    return {
        "command": [
            to.executable,
            "-S",
            "-E",
            os.path.join(to.package.folder, LAUNCHER),
            json.dumps(spec, sort_keys=True),
        ],
        "env": _users(node),
    }


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
        + [text for name in to.configs for text in ("--config-value", name, "kv." + name)]
        + [
            "--quiet",
            "--metadata=" + to.metadata_type,
            "--environment=" + to.environment_type,
            "--datastore=local",
            "--datastore-root=" + to.datastore_root,
            "--event-logger=" + to.event_logger_type,
            "--monitor=" + to.monitor_type,
            "--no-pylint",
            "--with=millrace_internal",
        ]
    )


def _users(node: Any) -> Dict[str, str]:
    """@environment's variables: the only ones that the document's reader should find to be the user's."""
    result: Dict[str, str] = {}
    for deco in node.decorators:
        if deco.name == "environment":
            result.update({str(k): str(v) for k, v in (deco.attributes.get("vars") or {}).items()})
    return result


def _metaflow(flow: Any, to: Deployment) -> Dict[str, str]:
    result = {
        "METAFLOW_CODE_URL": to.package.url,
        "METAFLOW_CODE_SHA": to.package.sha,
        "METAFLOW_CODE_METADATA": to.package.metadata,
        "METAFLOW_CODE_DS": "local",
        "METAFLOW_USER": "millrace",
        "METAFLOW_OWNER": to.owner,
        "METAFLOW_PRODUCTION_TOKEN": to.production_token,
        "METAFLOW_DEFAULT_DATASTORE": "local",
        "METAFLOW_DEFAULT_METADATA": to.metadata_type,
        "METAFLOW_DATASTORE_SYSROOT_LOCAL": os.path.dirname(to.datastore_root),
        "METAFLOW_FLOW_NAME": flow.name,
        "METAFLOW_FLOW_FILENAME": to.script,
    }
    if to.configs:
        result["METAFLOW_FLOW_CONFIG_VALUE"] = json.dumps({name: "kv." + name for name in to.configs})
    return result


def this_python() -> Tuple[str, str]:
    """The interpreter that deploys, which runs the steps in local mode too, and the flow's file."""
    return sys.executable, os.path.basename(sys.argv[0])
