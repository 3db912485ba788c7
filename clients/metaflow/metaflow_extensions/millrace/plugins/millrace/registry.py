"""What is deployed under a name, read back from its flow document."""

import json
from typing import Any, Dict, List, NamedTuple, Optional

from .api import MillraceApi


class Deployed(NamedTuple):
    name: str
    #: The class's name.
    flow_name: str
    owner: str
    #: The production token.
    token: str
    #: As the document has them, by their own names.
    parameters: Dict[str, Dict[str, Any]]
    #: @project's name; None without.
    project: Optional[str]
    #: ``branch`` and ``production`` as options of the flow; empty without @project.
    branch: Dict[str, Any]
    #: What ``create --tag`` gave to all that runs produce.
    tags: List[str]


def deployed(api: MillraceApi, name: str) -> Optional[Deployed]:
    """The Metaflow flow of that name; None where there is none, or where the name is another kind of flow's."""
    flow = api.flow(name)
    return None if flow is None else read(flow["document"])


def read(document: Dict[str, Any]) -> Optional[Deployed]:
    """None for a flow that is not Metaflow's."""
    first = next(step for step in document["steps"] if step["name"] == document.get("start", document["steps"][0]["name"]))
    container = first.get("container", {})
    try:
        spec = json.loads(container["command"][-1])
        # A process's environment is in what its launcher is told.
        env = spec.get("env") or container["env"]
        words = spec["command"]
        return Deployed(
            name=document["name"],
            flow_name=spec["flow"],
            owner=env["METAFLOW_OWNER"],
            token=env["METAFLOW_PRODUCTION_TOKEN"],
            parameters={one: document["parameters"][one.replace("-", "_")] for one in spec["parameters"]},
            project=spec.get("project"),
            branch=_branch(words),
            tags=spec["init"][1::2],
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _branch(words: Any) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for word in words:
        if word.startswith("--branch="):
            result["branch"] = word[len("--branch="):]
        if word == "--production":
            result["production"] = True
    return result
