"""``@millrace``: Metaflow's own runtime drives the run, and steps that are decorated so run through Millrace."""

import os
import sys
import uuid
from types import SimpleNamespace
from typing import Any, ClassVar, List, Optional, Tuple

from metaflow.exception import MetaflowException
from metaflow.plugins.kubernetes.kubernetes_decorator import KubernetesDecorator
from metaflow.plugins.timeout_decorator import get_run_time_limit_for_task

from . import bytecode
from .kubernetes_section import environment_of

#: The least deadline of a pod, as with @kubernetes.
LEAST_SECONDS = 60


class MillraceDecorator(KubernetesDecorator):
    """
    Specifies that this step should execute through Millrace: as a Job of the cluster that Millrace has, or, where it is in
    local mode, as a process of its machine.

    It takes the attributes of @kubernetes, and METAFLOW_KUBERNETES_* settings hold for it too. In local mode they have no
    effect.
    """

    name = "millrace"

    #: What runs the steps, and which process of the runtime this is: the same for all steps of a run.
    executor: ClassVar[Optional[str]] = None
    session: ClassVar[str] = uuid.uuid4().hex
    is_swept: ClassVar[bool] = False

    def init(self) -> None:
        # Metaflow looks for it in the class itself.
        super().init()

    def step_init(
        self, flow: Any, graph: Any, step: str, decos: List[Any], environment: Any, flow_datastore: Any, logger: Any
    ) -> None:
        other = next((deco.name for deco in decos if deco.name in ("kubernetes", "batch")), None)
        if other and "METAFLOW_KUBERNETES_WORKLOAD" not in os.environ:
            raise MetaflowException("Step *%s* is marked for execution both by @millrace and by @%s. Use one of them."
                                    % (step, other))
        environment_deco = environment_of(decos)
        if environment_deco:
            # Metaflow's runtime gives a step the interpreter of this machine's environment, unless it knows that the step
            # runs elsewhere; and it knows its own decorators only. This is the last moment before packages are solved.
            raise MetaflowException("Step *%s* has @%s, which does not go with @millrace. Deploy the flow with @kubernetes in "
                                    "its place, or name an image that has the packages." % (step, environment_deco))
        # Whether the datastore and the timeout are good depends on what Millrace runs steps by, of which the
        # processes of steps need not ask.
        others = [deco for deco in decos if deco.name not in ("timeout", "kubernetes")]
        super().step_init(flow, graph, step, others, environment, SimpleNamespace(TYPE="s3"), logger)
        self.flow_datastore = flow_datastore
        self.run_time_limit = get_run_time_limit_for_task(decos)

    def package_init(self, flow: Any, step_name: str, environment: Any) -> None:
        """@kubernetes asks for Python's client of Kubernetes here, which nothing needs."""

    def add_to_package(self) -> List[Tuple[str, str]]:
        return bytecode.packaged()

    def runtime_init(self, flow: Any, graph: Any, package: Any, run_id: str) -> None:
        from . import deploy
        from .api import MillraceApi

        super().runtime_init(flow, graph, package, run_id)
        of = type(self)
        if of.executor is None:
            of.executor = "process" if MillraceApi().executor() == "process" else "kubernetes"
        deploy.check_datastore(of.executor, self.flow_datastore.TYPE)
        if of.executor == "kubernetes" and self.run_time_limit < LEAST_SECONDS:
            raise MetaflowException("The timeout for step *%s* should be at least %d seconds for execution on Kubernetes."
                                    % (self.step, LEAST_SECONDS))

    def runtime_task_created(
        self, task_datastore: Any, task_id: str, split_index: Any, input_paths: Any, is_cloned: bool, ubf_context: Any
    ) -> None:
        from . import deploy

        super().runtime_task_created(task_datastore, task_id, split_index, input_paths, is_cloned, ubf_context)
        if not is_cloned and self.executor == "process":
            folder = deploy.code_folder(self.flow.name, self.flow_datastore, self.package_sha)
            if not os.path.isdir(folder):
                deploy.extract(self.package.blob, folder)

    def runtime_step_cli(
        self, cli_args: Any, retry_count: int, max_user_code_retries: int, ubf_context: Any
    ) -> None:
        # What comes after the last attempt of user code is @catch's, and runs here.
        if retry_count > max_user_code_retries:
            return
        cli_args.commands = ["millrace", "step"]
        cli_args.command_args += [self.package_metadata, self.package_sha, self.package_url]
        cli_args.command_options.update(executor=self.executor, session=self.session)
        cli_args.entrypoint[0] = sys.executable

    def runtime_finished(self, exception: Optional[BaseException]) -> None:
        """Ends what is still under way when a run fails or is interrupted: the processes that watched it may have been
        killed before they could."""
        of = type(self)
        if exception is None or of.executor is None or of.is_swept:
            return
        of.is_swept = True
        from . import mixed
        from .api import ENDS, MillraceApi, MillraceException

        api = MillraceApi()
        try:
            for run in api.tagged(mixed.SESSION + self.session):
                if run["state"] not in (*ENDS.values(), "ending"):
                    api.control(run["run"], "cancel", {"reason": "Metaflow's run has ended"})
        except MillraceException as failed:
            self.logger("What Millrace still runs of this run could not be cancelled: %s" % failed, bad=True)

