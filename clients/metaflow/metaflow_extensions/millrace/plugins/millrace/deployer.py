"""``Deployer("flow.py").millrace()``."""

from typing import Any, ClassVar, Dict, Optional, Type

from metaflow.runner.deployer_impl import DeployerImpl


class MillraceDeployer(DeployerImpl):
    """
    Deployer implementation for Millrace.

    Parameters
    ----------
    name : str, optional, default None
        Name of the deployed flow; the flow's own if not specified.
    """

    TYPE: ClassVar[Optional[str]] = "millrace"

    def __init__(self, deployer_kwargs: Dict[str, str], **kwargs: Any) -> None:
        self._deployer_kwargs = deployer_kwargs
        super().__init__(**kwargs)

    @property
    def deployer_kwargs(self) -> Dict[str, Any]:
        return self._deployer_kwargs

    @staticmethod
    def deployed_flow_type() -> Type[Any]:
        # Not above: it imports Metaflow's Deployer, which imports this class to be made.
        from .deployed import MillraceDeployedFlow

        return MillraceDeployedFlow

    def create(self, **kwargs: Any) -> Any:
        """
        Deploy the flow.

        Parameters
        ----------
        authorize : str, optional, default None
            Authorize using this production token.
        generate_new_token : bool, optional, default False
            Move the production flow to a new namespace.
        given_token : str, optional, default None
            Move the production flow to this namespace.
        tags : List[str], optional, default None
            Tag all objects that runs produce.
        user_namespace : str, optional, default None
            Change the namespace from the production token.
        max_workers : int, optional, default 100
            Maximum number of parallel tasks of a run.
        workflow_timeout : int, optional, default None
            A run's timeout in seconds.
        workflow_priority : int, optional, default None
            Runs with a higher priority go first.
        workflow_title : str, optional, default None
            The first line of the flow's description.
        workflow_description : str, optional, default None
            Describes the flow; default: its docstring.

        Returns
        -------
        MillraceDeployedFlow
            The deployed flow.
        """
        return self._create(self.deployed_flow_type(), **kwargs)


_addl_stubgen_modules = ["metaflow_extensions.millrace.plugins.millrace.deployed"]
