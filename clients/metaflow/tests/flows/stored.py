from pathlib import Path

from metaflow import FlowSpec, IncludeFile, JSONType, Parameter, current, retry, step


class StoredFlow(FlowSpec):
    """Sends through its datastore what flows send: parameters and a file, artifacts, the log of each attempt. Fails in the
    middle until somebody mends it."""

    mended = Parameter("mended", help="A file that is there when the flow is mended", required=True)
    data = Parameter("data", type=JSONType, default='{"k": [1]}')
    words = IncludeFile("words", default=str(Path(__file__).with_name("words.txt")))

    @step
    def start(self):
        print("hello from start")
        self.began_in = current.run_id
        self.numbers = [1, 2]
        self.next(self.work, foreach="numbers")

    @retry(times=1, minutes_between_retries=0)
    @step
    def work(self):
        print("attempt %d at %d" % (current.retry_count, self.input))
        if self.input == 2 and current.retry_count == 0:
            raise ValueError("not yet")
        self.number = self.input
        self.next(self.gather)

    @step
    def gather(self, inputs):
        import os

        if not os.path.exists(self.mended):
            raise RuntimeError("broken")
        self.merge_artifacts(inputs, exclude=["number"])
        self.gathered = [one.number for one in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.ended_in = current.run_id
        self.counted = len(self.words.split())


if __name__ == "__main__":
    StoredFlow()
