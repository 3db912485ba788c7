"""``millrace step``, which Metaflow's runtime calls in place of ``step``. Read by every command of every flow, so it imports
nothing of what it needs to run."""

from typing import Any

from metaflow._vendor import click
from metaflow.unbounded_foreach import UBF_CONTROL, UBF_TASK


@click.command("step", hidden=True, help="Run one task by Millrace; called by Metaflow's runtime.")
@click.argument("step-name")
@click.argument("code-package-metadata")
@click.argument("code-package-sha")
@click.argument("code-package-url")
@click.option("--executor", required=True, type=click.Choice(["process", "kubernetes"]))
@click.option("--session", required=True)
@click.option("--run-id", required=True)
@click.option("--task-id", required=True)
@click.option("--input-paths", default="")
@click.option("--split-index", default=None)
@click.option("--clone-run-id", default=None)
@click.option("--tag", "tags", multiple=True, default=None)
@click.option("--namespace", default=None)
@click.option("--retry-count", default=0)
@click.option("--max-user-code-retries", default=0)
@click.option("--ubf-context", default=None, type=click.Choice(["none", UBF_CONTROL, UBF_TASK]))
@click.option("--num-parallel", default=0, type=int)
@click.pass_obj
def step(obj: Any, **options: Any) -> None:
    from .mixed_step import run_task

    run_task(obj, **options)
