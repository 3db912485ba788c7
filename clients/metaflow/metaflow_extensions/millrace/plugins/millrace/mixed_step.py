"""What Metaflow's runtime starts in place of a step that runs through Millrace: asks for it, says what it says, ends as it
does. Waiting reads the server's streams; nothing polls."""

import os
import signal
import sys
import threading
from typing import Any, Dict, Optional, Tuple

from metaflow.exception import METAFLOW_EXIT_DISALLOW_RETRY
from metaflow.metadata_provider import MetaDatum
from metaflow.mflog import mflog

from . import deploy, local_metadata, mixed
from .api import ENDS, MillraceApi, MillraceException, UnknownException
from .compiler import NEVER_AGAIN
from .deployment import CodePackage
from .kubernetes_section import find

#: The exit code of a task that the platform failed: the step's own code is not to blame.
PLATFORM_FAILED = 75

#: Causes for which the step itself is to blame, and those that trying again does not mend.
USERS = ("user-error", "oom-killed", "timeout")
FINAL = ("rejected", "cancelled")

#: Most seconds that the last lines of a log may take after the run's end.
LAST_LINES = 30


class Interrupted(BaseException):
    """Whoever wanted the task wants it no more."""


def run_task(
    obj: Any,
    step_name: str,
    code_package_metadata: str,
    code_package_sha: str,
    code_package_url: str,
    executor: str,
    session: str,
    run_id: str,
    task_id: str,
    input_paths: str,
    split_index: Optional[str],
    clone_run_id: Optional[str],
    tags: Tuple[str, ...],
    namespace: Optional[str],
    retry_count: int,
    max_user_code_retries: int,
    ubf_context: Optional[str],
    num_parallel: int,
) -> None:
    """Runs a task by Millrace, and ends this process as the task ends.

    :param executor: what runs the steps of the server
    :param session: names the process of Metaflow's runtime
    """
    _listen()
    node = obj.graph[step_name]
    try:
        if node.parallel_step and num_parallel <= 1:
            raise MillraceException("Step %s: a gang of @parallel has two members or more; num_parallel is %d."
                                    % (step_name, num_parallel))
        options: Dict[str, Any] = {
            "run-id": run_id, "retry-count": retry_count, "max-user-code-retries": max_user_code_retries,
            "split-index": None if node.parallel_step else split_index, "clone-run-id": clone_run_id,
            "namespace": namespace,
        }
        words = [word for key, value in options.items() if value is not None for word in ("--" + key, str(value))]
        words += [word for tag in tags for word in ("--tag", tag)]
        folder = deploy.code_folder(obj.flow.name, obj.flow_datastore, code_package_sha)
        code = CodePackage(
            code_package_url, code_package_sha, code_package_metadata, folder if executor == "process" else None
        )
        to = deploy.described(obj, executor, deploy.Name(obj.flow.name, False), None, [], None, code)
        task = mixed.MixedTask(run_id, step_name, task_id, retry_count, input_paths, words, num_parallel)
        wanted = mixed.request(obj.millrace.define(mixed.document(obj, node, to)), obj.flow.name, task, session)
    except (MillraceException, Interrupted) as refused:
        _end("Step %s was not started: %s" % (step_name, str(refused) or "interrupted"), METAFLOW_EXIT_DISALLOW_RETRY)
    try:
        _between_attempts(node, retry_count)
        obj.metadata.register_metadata(run_id, step_name, task_id, [MetaDatum(
            field="millrace-run", value=wanted["run"], type="millrace-run", tags=["attempt_id:%d" % retry_count],
        )])
        code_of_exit, said = _run(obj.millrace, wanted, step_name)
    except Interrupted:
        code_of_exit, said = METAFLOW_EXIT_DISALLOW_RETRY, _cancelled(obj.millrace, wanted["run"])
    except MillraceException as lost:
        # It may run on: another attempt beside it would write to the same place.
        _cancelled(obj.millrace, wanted["run"])
        code_of_exit, said = METAFLOW_EXIT_DISALLOW_RETRY, str(lost)
    finally:
        if executor == "kubernetes" and obj.metadata.TYPE == "local":
            members = [task_id] + ["%s-worker-%d" % (task_id, i) for i in range(num_parallel - 1)]
            for member in members:
                local_metadata.fetch_task(obj.flow_datastore, run_id, step_name, member, retry_count)
    _end(said, code_of_exit)


def _listen() -> None:
    """Makes a signal, and the end of the runtime that has started this process, an ``Interrupted`` in the main thread."""

    def interrupted(*_: Any) -> None:
        # One is enough: a second must not interrupt the cancelling.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Interrupted()

    def watch() -> None:
        # The runtime holds the other end for as long as it lives, and never writes.
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    threading.Thread(target=watch, daemon=True).start()


def _between_attempts(node: Any, attempt: int) -> None:
    """Metaflow leaves the pause between attempts to whatever runs them elsewhere."""
    retry = find(node, "retry")
    minutes = float(retry.attributes["minutes_between_retries"]) if retry and attempt else 0
    if minutes:
        _say("Waiting %g minutes before the next attempt." % minutes)
        threading.Event().wait(minutes * 60)


def _run(api: MillraceApi, wanted: Dict[str, Any], step_name: str) -> Tuple[int, str]:
    """Runs a task, and returns the exit code and the last words."""
    run = api.start(wanted)
    _say("Millrace runs this task as run %s." % run)
    readers = []
    cause: Optional[Dict[str, Any]] = None
    message: Optional[str] = None
    waiting = None
    state = ""
    for event in api.events(run):
        kind, data = event.type.replace("io.millrace.", ""), event.data
        if kind in ("task.pending", "task.deferred") and data.get("message") not in (None, waiting):
            waiting = data["message"]
            _say("Waiting: %s" % waiting)
        elif kind == "task.running" and data["step"] == step_name and not readers:
            readers.append(threading.Thread(target=_print, args=(api, run, data["task"]), daemon=True))
            readers[0].start()
        elif kind == "task.failed":
            cause = data.get("cause") or cause
        elif event.type in ENDS:
            state, message = ENDS[event.type], data.get("message")
    for reader in readers:
        reader.join(LAST_LINES)
    if state == "succeeded":
        return 0, ""
    said = "Run %s of Millrace %s: %s" % (run, state.replace("-", " "), mixed.explained(cause, message))
    return _exit_code(state, cause), said


def _exit_code(state: str, cause: Optional[Dict[str, Any]]) -> int:
    kind = cause["kind"] if cause else None
    if state == "cancelled" or kind in FINAL:
        return METAFLOW_EXIT_DISALLOW_RETRY
    if cause and kind in USERS:
        # Metaflow knows one exit code: that of a step that is not to be tried again.
        return NEVER_AGAIN if cause.get("exitCode") == NEVER_AGAIN else 1
    return PLATFORM_FAILED


def _print(api: MillraceApi, run: str, task: str) -> None:
    """Says a task's lines as they are written, in the form by which the runtime knows that they are kept already."""
    try:
        for line in api.lines(run, task, 0, follow=True):
            out = sys.stderr if line["stream"] == "stderr" else sys.stdout
            out.buffer.write(mflog.decorate(b"task", line["text"].encode("utf-8") + b"\n"))
            out.flush()
    except (OSError, MillraceException) as broken:
        _say("The log cannot be followed, and is complete in Metaflow's own at the end: %s" % broken)


def _cancelled(api: MillraceApi, run: str) -> str:
    try:
        api.control(run, "cancel", {"reason": "Metaflow's run was interrupted"})
        return "Run %s of Millrace is being cancelled." % run
    except UnknownException:
        return "Run %s of Millrace had not begun." % run
    except MillraceException as failed:
        return "Run %s of Millrace could not be cancelled, and may run on: %s" % (run, failed)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _end(text: str, code: int) -> None:
    if text:
        _say(text)
    sys.exit(code)
