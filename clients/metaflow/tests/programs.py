"""Programs of Millrace that a session of tests starts and ends."""

import subprocess
import threading
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).parents[3]
READY_WITHIN = 120


def java() -> str:
    home = subprocess.check_output([str(ROOT / "bin" / "find-jdk")], text=True).strip()
    return str(Path(home) / "bin" / "java")


def is_built() -> bool:
    return (ROOT / "local/target/millrace-local.jar").exists() and (
        ROOT / "scheduler/target/quarkus-app/quarkus-run.jar"
    ).exists()


def local_mode(data: Path) -> "Program":
    """Millrace in local mode on that folder."""
    return Program([
        java(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:+IgnoreUnrecognizedVMOptions", "--sun-misc-unsafe-memory-access=allow",
        "-jar", str(ROOT / "local/target/millrace-local.jar"), "--data", str(data), "--api-port", "0",
    ])


class Program:
    """A process that says when it is ready, Millrace's own with their addresses; it is ended with the block.

    :param ready: what is in the line that says so
    :param within: seconds that it may take
    """

    def __init__(self, command: List[str], ready: str = "READY ", within: float = READY_WITHIN) -> None:
        self.command = command
        self.ready = ready
        self.within = within
        self.line = ""

    @property
    def at(self) -> Dict[str, str]:
        """Addresses by their names."""
        return dict(word.split("=", 1) for word in self.line.split()[1:])

    def __enter__(self) -> "Program":
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = []
        watch = threading.Timer(self.within, self.process.kill)
        watch.start()
        for line in self.process.stdout:
            said.append(line)
            if self.ready in line:
                self.line = line
                break
        watch.cancel()
        if not self.line:
            self.__exit__()
            raise AssertionError("%s has not become ready: %s" % (self.command[-1], "".join(said)))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(60)
