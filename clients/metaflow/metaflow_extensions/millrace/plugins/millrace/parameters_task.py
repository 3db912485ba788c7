"""Stores a run's parameters in the process of its first step. Metaflow has a command of its own for that, ``init``, which
would cost each run one start of Metaflow more, a second and longer.
"""

import json
import os
import sys
from typing import List

from metaflow._vendor import click
from metaflow.datastore import FlowDataStore

#: The words of ``init``, and the variables that hold the parameters' values, as JSON; not there when it has been done.
VARIABLE = "MILLRACE_INIT"


def store() -> None:
    """Does what ``init`` does, once, in a child of this process: nothing of it is left behind in the step's own. Where
    it fails this process ends as well; the child has said why.
    """
    text = os.environ.pop(VARIABLE, None)
    if text is None:
        return
    asked = json.loads(text)
    child = os.fork()
    if child == 0:
        # What is raised goes the way of any command's errors, and ends this child with its exit code.
        _init(asked["words"])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    for name in asked["variables"]:
        del os.environ[name]
    if status != 0:
        sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


def _init(words: List[str]) -> None:
    root = click.get_current_context().find_root()
    obj = root.obj
    # The command takes it from there, although it makes no package.
    obj.package = None
    # The datastores of Azure and Google work by threads, and those of the process before have not come along.
    obj.flow_datastore = FlowDataStore(obj.flow.name, obj.environment, obj.metadata, obj.event_logger, obj.monitor)
    command = root.command.get_command(root, "init")
    with command.make_context("init", words, parent=root) as context:
        command.invoke(context)
