"""Runs a task's command and keeps what it says, in Metaflow's own form. Imports the standard library only."""

import datetime
import signal
import subprocess
import sys
import threading
import uuid


def execute(task, env, logs, inputs_file):
    """Runs a task, the run's parameters before its first one, and returns its exit code.

    :param task: a ``Task``
    :param env: everything that its processes see
    :param logs: the files that keep its streams, as ``captured`` wants them
    :param inputs_file: where its inputs are to be listed
    """
    if task.was_finished(env):
        return 0
    if task.needs_parameters(env):
        env = dict(env, **task.parameters())
    return captured(task.step_command(inputs_file), env, logs)


def captured(command, env, logs):
    """Runs a command and returns its exit code. Its lines go on to this process's streams as they are, and to the files
    ``logs`` (standard output's and error's) as Metaflow's client reads them."""
    child = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    readers = [
        threading.Thread(target=_pump, args=(pipe, out, log), daemon=True)
        for pipe, out, log in zip((child.stdout, child.stderr), (sys.stdout, sys.stderr), logs)
    ]
    for reader in readers:
        reader.start()
    code = child.wait()
    for reader in readers:
        # What the step left behind may hold the pipe open for ever; it is killed with this process.
        reader.join(5)
    if code == -signal.SIGSEGV:
        # The process had no chance to say it. The words are those of Metaflow's own runtime.
        _pump([b"Task failed with a segmentation fault.\n"], sys.stderr, logs[1])
    return 128 - code if code < 0 else code


def _pump(lines, out, log):
    with open(log, "ab", buffering=0) as file:
        for line in lines:
            now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
            text = line if line.endswith(b"\n") else line + b"\n"
            file.write(("[MFLOG|0|%sZ|task|%s]" % (now, uuid.uuid4())).encode() + text)
            out.buffer.write(line)
            out.buffer.flush()
