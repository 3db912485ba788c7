"""Deployed flows and their runs, for Metaflow's Deployer API. Waiting follows the server's events."""

import json
import sys
import tempfile
import time
from typing import Any, ClassVar, Dict, Iterator, Optional

from metaflow.client.core import get_metadata
from metaflow.runner.deployer import DeployedFlow, Deployer, TriggeredRun, generate_fake_flow_file_contents
from metaflow.runner.utils import get_lower_level_group, handle_timeout, temporary_fifo

from . import local_metadata
from .api import MillraceApi, MillraceException, UnknownException
from .registry import Deployed, deployed

#: How Metaflow's tools call a run's state.
STATUS = {"cancelled": "ABORTED", "timed-out": "TIMED_OUT"}

PYTHON_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "string": "str", "json": "JSON"}


class MillraceTriggeredRun(TriggeredRun):
    """A run that was asked for."""

    @property
    def run_id(self) -> str:
        return str(self.pathspec.split("/")[1])

    @property
    def status(self) -> Optional[str]:
        """The run's state: RUNNING, SUSPENDED, ENDING, SUCCEEDED, FAILED, ABORTED or TIMED_OUT; None while the server
        does not know the run yet."""
        try:
            state = str(self._api().run(self.run_id)["state"])
        except UnknownException:
            return None
        return STATUS.get(state, state.upper())

    @property
    def is_running(self) -> bool:
        return self.status in ("RUNNING", "SUSPENDED", "ENDING")

    @property
    def run(self) -> Any:
        """Metaflow's ``Run``, once its first step has begun; None before."""
        local_metadata.fetch(self.deployer.flow_name, self.run_id, self.metadata_for_flow)
        return super().run

    def wait_for_completion(self, check_interval: int = 5, timeout: Optional[int] = None) -> None:
        """
        Wait for the run's end, of which the server tells.

        Parameters
        ----------
        check_interval : int, default 5
            Not used: nothing is polled. Other deployers take it.
        timeout : int, optional, default None
            Most seconds to wait; None for no bound.

        Raises
        ------
        TimeoutError
            If the run has not ended by then.
        """
        self._api().wait(self.run_id, timeout)

    def wait_for_run(self, check_interval: int = 5, timeout: Optional[int] = None) -> Any:
        """
        Wait until ``run`` is there: first for the server to say that a task is running, then for the task to register.

        Raises
        ------
        TimeoutError
            If it is not there within ``timeout`` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        for event in self._api().events(self.run_id, deadline):
            if event.type == "io.millrace.task.running":
                break
        left = None if deadline is None else int(max(0, deadline - time.monotonic()))
        return super().wait_for_run(min(check_interval, 1), left)

    def suspend(self) -> bool:
        """Launch nothing more of the run until it is unsuspended."""
        return self._control("suspend")

    def unsuspend(self) -> bool:
        """Let a suspended run go on."""
        return self._control("resume")

    def terminate(self) -> bool:
        """End the run and stop what runs of it."""
        return self._control("cancel", {"reason": "terminated by a user of Metaflow"})

    def _control(self, what: str, body: Optional[Dict[str, Any]] = None) -> bool:
        self._api().control(self.run_id, what, body)
        return True

    def _api(self) -> MillraceApi:
        return MillraceApi(self.deployer.env_vars.get("MILLRACE_API"))


class MillraceDeployedFlow(DeployedFlow):
    """A flow that is deployed to Millrace."""

    TYPE: ClassVar[Optional[str]] = "millrace"

    @classmethod
    def list_deployed_flows(cls, flow_name: Optional[str] = None) -> Iterator["MillraceDeployedFlow"]:
        """
        The Metaflow flows that are deployed.

        Parameters
        ----------
        flow_name : str, optional, default None
            The class's name, to list only its deployments.
        """
        api = MillraceApi()
        for name in api.names():
            found = deployed(api, name)
            if found and flow_name in (None, found.flow_name):
                yield cls._of(found)

    @classmethod
    def from_deployment(cls, identifier: str, metadata: Optional[str] = None) -> "MillraceDeployedFlow":
        """
        A deployed flow by its name, whoever deployed it and wherever its code is.

        Parameters
        ----------
        identifier : str
            The name under which it is deployed.
        metadata : str, optional, default None
            The metadata provider of its runs.
        """
        found = deployed(MillraceApi(), identifier)
        if found is None:
            raise MillraceException("No flow of Metaflow is deployed under the name %s." % identifier)
        return cls._of(found, metadata)

    @classmethod
    def _of(cls, found: Deployed, metadata: Optional[str] = None) -> "MillraceDeployedFlow":
        parameters = {
            name: {
                "name": name,
                "type": PYTHON_TYPES[entry["type"]],
                "description": entry.get("description", ""),
                "is_required": bool(entry.get("required")),
                "python_var_name": name.replace("-", "_"),
            }
            for name, entry in found.parameters.items()
        }
        # Metaflow's commands want a flow's file: one of the same name with the same parameters does.
        text = generate_fake_flow_file_contents(found.flow_name, parameters, found.project)
        with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
            file.write(text)
        deployer = Deployer(file.name, env={"METAFLOW_USER": found.owner}, **found.branch)
        of = deployer.millrace() if found.project else deployer.millrace(name=found.name)
        of.name, of.flow_name = found.name, found.flow_name
        of.metadata = metadata or get_metadata()
        return cls(deployer=of)

    @classmethod
    def get_triggered_run(
        cls, identifier: str, run_id: str, metadata: Optional[str] = None
    ) -> MillraceTriggeredRun:
        """A run of a deployed flow."""
        of = cls.from_deployment(identifier, metadata)
        content = {
            "metadata": of.deployer.metadata, "pathspec": "%s/%s" % (of.deployer.flow_name, run_id), "name": run_id
        }
        return MillraceTriggeredRun(deployer=of.deployer, content=json.dumps(content))

    @property
    def production_token(self) -> Optional[str]:
        """The token that names the namespace of the runs; None when the flow is not deployed any more."""
        found = deployed(MillraceApi(self.deployer.env_vars.get("MILLRACE_API")), self.deployer.name)
        return found.token if found else None

    def trigger(self, **kwargs: Any) -> MillraceTriggeredRun:
        """
        Start a run.

        Parameters
        ----------
        **kwargs : Any
            Values of the flow's parameters.
        """
        return self._started("trigger", **kwargs)

    def resume(
        self, origin_run_id: str, step_to_rerun: Optional[str] = None, **kwargs: Any
    ) -> MillraceTriggeredRun:
        """
        Start a run that goes on from where another one stopped.

        Parameters
        ----------
        origin_run_id : str
            The run that stopped. Of one that succeeded, all is taken over.
        step_to_rerun : str, optional, default None
            The step that is done once more, with all after it; None for what had failed.
        **kwargs : Any
            Values of the flow's parameters, in place of those that the run had.
        """
        words: Dict[str, Any] = {"step_to_rerun": step_to_rerun} if step_to_rerun else {}
        if kwargs:
            words["given"] = ["%s=%s" % (name, _text(value)) for name, value in kwargs.items()]
        return self._started("resume", origin_run_id=origin_run_id, **words)

    def delete(self, **kwargs: Any) -> bool:
        """
        Withdraw the flow; runs that are under way go on.

        Parameters
        ----------
        authorize : str, optional, default None
            Authorize with this production token.
        """
        command = self._group().delete(**kwargs)
        return self._call(command).process.returncode == 0

    def _started(self, command: str, **kwargs: Any) -> MillraceTriggeredRun:
        with temporary_fifo() as (path, descriptor):
            words = getattr(self._group(), command)(deployer_attribute_file=path, **kwargs)
            called = self._spawn(words)
            content = handle_timeout(descriptor, called, self.deployer.file_read_timeout)
            called.sync_wait()
        if called.process.returncode != 0:
            raise MillraceException("%s of %s has failed." % (command, self.deployer.name))
        return MillraceTriggeredRun(deployer=self.deployer, content=content)

    def _group(self) -> Any:
        of = self.deployer
        return get_lower_level_group(of.api, of.top_level_kwargs, of.TYPE, of.deployer_kwargs)

    def _call(self, command: Any) -> Any:
        called = self._spawn(command)
        called.sync_wait()
        return called

    def _spawn(self, command: Any) -> Any:
        of = self.deployer
        pid = of.spm.run_command(
            [sys.executable, *command], env=of.env_vars, cwd=of.cwd, show_output=of.show_output
        )
        return of.spm.get(pid)


def _text(value: Any) -> str:
    """As a command line has it."""
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
