"""What is the same for every step of a deployed flow."""

from typing import Dict, List, NamedTuple, Optional


class CodePackage(NamedTuple):
    """The flow's code as it was deployed."""

    #: Where it is in the datastore.
    url: str
    sha: str
    #: Metaflow's own description of the package's form.
    metadata: str
    #: Where it is extracted on this machine, in a folder named after its digest; None where steps run in containers,
    #: which download it.
    folder: Optional[str]


class Deployment(NamedTuple):
    name: str
    #: The flow's file, without its folder.
    script: str
    #: What runs the steps: "process" or "kubernetes".
    executor: str
    #: The interpreter of processes; containers have their own.
    executable: str
    datastore_type: str
    datastore_root: str
    metadata_type: str
    environment_type: str
    event_logger_type: str
    monitor_type: str
    #: Options of the flow's decorators, such as those of @project.
    top_level: List[str]
    #: Each parameter's type, by name.
    parameters: Dict[str, str]
    #: @project's name; None without.
    project: Optional[str]
    configs: List[str]
    tags: List[str]
    #: In place of the production token's; None for that.
    namespace: Optional[str]
    #: None where Metaflow's own runtime drives the run.
    production_token: Optional[str]
    owner: str
    package: CodePackage

    @property
    def on_kubernetes(self) -> bool:
        return self.executor == "kubernetes"

    @property
    def is_mixed(self) -> bool:
        """Whether Metaflow's own runtime drives the run, and Millrace runs single tasks of it."""
        return self.production_token is None
