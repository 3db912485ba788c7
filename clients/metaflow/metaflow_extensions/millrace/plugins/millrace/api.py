"""Millrace's REST API, with nothing but the standard library. Waiting reads the event stream; nothing polls."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from metaflow.exception import MetaflowException

DEFAULT_URL = "http://127.0.0.1:8080"

#: A stream is kept alive every 15 s by the server; one that is silent for longer is broken.
SILENCE = 60.0
ANSWER = 30.0

#: How often in a row a stream is taken up again; together with the pauses, a server has a minute to come back.
MOST_FAILURES = 8

#: The last event of a run, and the state that it leaves the run in.
ENDS = {
    "io.millrace.run.succeeded": "succeeded",
    "io.millrace.run.failed": "failed",
    "io.millrace.run.cancelled": "cancelled",
    "io.millrace.run.timed-out": "timed-out",
}


class MillraceException(MetaflowException):
    headline = "Millrace"


class UnknownException(MillraceException):
    """What was asked for is not there."""


class UnreachableException(MillraceException):
    """Nobody answers at the API's address."""


class StreamEvent(NamedTuple):
    """One event of a run: ``type`` as the CloudEvent has it, and its data."""

    id: str
    type: str
    data: Dict[str, Any]


class MillraceApi:
    def __init__(self, url: Optional[str] = None) -> None:
        known = os.environ.get("MILLRACE_API") or os.environ.get("METAFLOW_MILLRACE_API")
        self.url = (url or known or DEFAULT_URL).rstrip("/")

    def executor(self) -> str:
        """What runs the steps there: ``process``, ``kubernetes`` or ``external``."""
        return str(self._call("GET", "/installation")["executor"])

    def deploy(self, document: Dict[str, Any]) -> Dict[str, Any]:
        return self._call("POST", "/flows", document)

    def define(self, document: Dict[str, Any]) -> str:
        """Stores a definition that becomes nobody's current one, and returns the reference by which runs are asked for."""
        return str(self._call("POST", "/flows?current=false", document)["ref"])

    def flow(self, name: str) -> Optional[Dict[str, Any]]:
        """The current definition of a name; None where there is none."""
        try:
            return self._call("GET", "/flows/" + urllib.parse.quote(name, safe=""))
        except UnknownException:
            return None

    def names(self) -> List[str]:
        """The names under which flows are deployed."""
        return [flow["ref"].split("@", 1)[0] for flow in self._call("GET", "/flows")["flows"]]

    def withdraw(self, name: str) -> None:
        self._call("DELETE", "/flows/" + urllib.parse.quote(name, safe=""))

    def start(self, request: Dict[str, Any]) -> str:
        return str(self._call("POST", "/runs", request, {"Idempotency-Key": request["run"]})["run"])

    def publish(self, name: str, payload: Dict[str, Any], identity: str) -> str:
        """Publishes an event that flows may wait for; returns its id."""
        body = {"name": name, "payload": payload}
        return str(self._call("POST", "/trigger-events", body, {"Idempotency-Key": identity})["id"])

    def run(self, run_id: str) -> Dict[str, Any]:
        return self._call("GET", "/runs/" + urllib.parse.quote(run_id, safe=""))

    def runs(self, flow: str, limit: int = 100) -> Dict[str, Any]:
        return self._call("GET", "/runs?" + urllib.parse.urlencode({"flow": flow, "limit": limit}))

    def tagged(self, tag: str) -> List[Dict[str, Any]]:
        """The newest thousand runs that were asked for with a tag."""
        return self._call("GET", "/runs?" + urllib.parse.urlencode({"tag": tag, "limit": 1000}))["runs"]

    def control(self, run_id: str, what: str, body: Optional[Dict[str, Any]] = None) -> None:
        """``cancel``, ``suspend`` or ``resume``."""
        self._call("POST", "/runs/%s/%s" % (urllib.parse.quote(run_id, safe=""), what), body)

    def retry(
        self, run_id: str, new_id: str, step: Optional[str] = None, parameters: Optional[Dict[str, Any]] = None
    ) -> str:
        """Starts a run that goes on from where another one stopped; returns its id. Of one that succeeded, it takes over
        all.

        :param step: done once more with all after it, whatever had become of it; None for what had failed
        :param parameters: in place of the values that the run had
        """
        body: Dict[str, Any] = {"run": new_id, "succeeded": True, "parameters": parameters or {}}
        if step:
            body["from"] = step
        return str(self._call("POST", "/runs/%s/retry" % urllib.parse.quote(run_id, safe=""), body)["run"])

    def events(self, run_id: str, deadline: Optional[float] = None) -> Iterator[StreamEvent]:
        """A run's events from its start to its end. A broken stream is taken up where it broke.

        :param deadline: by the monotonic clock; a ``TimeoutError`` says that it has passed
        """
        last: Optional[str] = None
        failures = 0
        while True:
            try:
                for event in self._stream(run_id, last, deadline):
                    failures = 0
                    last = event.id or last
                    yield event
                    if event.type in ENDS:
                        return
                failures += 1
                reason = "the stream ended before the run did"
            except (OSError, UnreachableException) as broken:
                _check(run_id, deadline)
                if last is None and isinstance(broken, UnreachableException):
                    raise
                failures += 1
                reason = str(broken)
            if failures <= MOST_FAILURES:
                _pause(failures, deadline)
            else:
                raise MillraceException(
                    "The events of run %s cannot be followed at %s: %s. The run itself goes on; "
                    "ask for its status later." % (run_id, self.url, reason)
                )

    def wait(self, run_id: str, timeout: Optional[float] = None) -> str:
        """Waits for a run's end and returns its state.

        :param timeout: in seconds; a ``TimeoutError`` says that the run goes on longer
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        for event in self.events(run_id, deadline):
            if event.type in ENDS:
                return ENDS[event.type]
        raise AssertionError("a run's events end with its end")

    def logged(self, run_id: str, step: Optional[str] = None) -> List[Dict[str, Any]]:
        """The attempts of which there are lines: ``task`` and ``attempt``."""
        path = "/runs/%s/logs" % urllib.parse.quote(run_id, safe="")
        return self._call("GET", path + ("?" + urllib.parse.urlencode({"step": step}) if step else ""))["attempts"]

    def lines(self, run_id: str, task: str, attempt: int, follow: bool = False) -> Iterator[Dict[str, Any]]:
        """An attempt's lines: ``stream``, ``member`` and ``text``.

        :param follow: whether to wait for more until the attempt ends
        """
        path = "/runs/%s/tasks/%s/attempts/%d/logs?follow=%s" % (
            urllib.parse.quote(run_id, safe=""), urllib.parse.quote(task, safe=""), attempt, str(follow).lower()
        )
        last: Optional[str] = None
        failures = 0
        while True:
            try:
                for identity, line in self._messages(path, last, SILENCE):
                    failures = 0
                    last = identity or last
                    if line is not None:
                        yield line
                return
            except (OSError, UnreachableException):
                failures += 1
                if last is None or not follow or failures > MOST_FAILURES:
                    raise
                _pause(failures)

    def _stream(
        self, run_id: str, last: Optional[str], deadline: Optional[float] = None
    ) -> Iterator[StreamEvent]:
        left = SILENCE if deadline is None else min(SILENCE, max(0.1, deadline - time.monotonic()))
        for identity, event in self._messages("/runs/%s/events" % urllib.parse.quote(run_id, safe=""), last, left):
            _check(run_id, deadline)
            if event is not None:
                yield StreamEvent(identity, event["type"], event.get("data") or {})

    def _messages(
        self, path: str, last: Optional[str], silence: float
    ) -> Iterator[Tuple[str, Optional[Dict[str, Any]]]]:
        """The messages of a stream, with their ids; None for a sign of life."""
        headers = {"Accept": "text/event-stream"}
        if last:
            headers["Last-Event-ID"] = last
        with self._open("GET", path, None, headers, silence) as answer:
            identity, data = "", []
            for raw in answer:
                line = raw.decode("utf-8").rstrip("\r\n")
                if line.startswith("id:"):
                    identity = line[3:].strip()
                elif line.startswith("data:"):
                    data.append(line[5:].lstrip())
                elif not line and data:
                    yield identity, json.loads("\n".join(data))
                    data = []
                else:
                    yield identity, None

    def _call(
        self, method: str, path: str, body: Any = None, headers: Optional[Dict[str, str]] = None
    ) -> Dict[str, Any]:
        with self._open(method, path, body, headers or {}, ANSWER) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def _open(self, method: str, path: str, body: Any, headers: Dict[str, str], timeout: float) -> Any:
        url = self.url + "/api/v1" + path
        data = None if body is None else json.dumps(body).encode("utf-8")
        if data is not None:
            headers = dict(headers, **{"Content-Type": "application/json"})
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            return urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as refused:
            with refused:
                raise _refusal(refused, url) from None
        except urllib.error.URLError as unreachable:
            raise UnreachableException(
                "Millrace cannot be reached at %s: %s. Start it (make dev), or set MILLRACE_API to "
                "the address of its API." % (self.url, unreachable.reason)
            ) from None


def _check(run_id: str, deadline: Optional[float]) -> None:
    if deadline is not None and time.monotonic() >= deadline:
        raise TimeoutError("Run %s has not come so far within the time given; it goes on." % run_id)


def _pause(failures: int, deadline: Optional[float] = None) -> None:
    """Before a stream is taken up again: longer each time, for a server that is being started."""
    pause = min(10.0, 0.25 * 2**failures)
    time.sleep(pause if deadline is None else max(0.0, min(pause, deadline - time.monotonic())))


def _refusal(refused: urllib.error.HTTPError, url: str) -> MillraceException:
    text = refused.read().decode("utf-8", "replace")
    try:
        problem = json.loads(text)
    except ValueError:
        problem = {}
    lines = [str(problem.get("detail") or "%s answered %d: %s" % (url, refused.code, text[:500]))]
    found = problem.get("problems") or []
    if len(found) > 1:
        lines = ["%s: %s" % (one.get("where"), one.get("message")) for one in found]
    kind = UnknownException if refused.code == 404 else MillraceException
    return kind("\n".join(lines))
