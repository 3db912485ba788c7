from metaflow import FlowSpec, millrace, step


class QuarrelFlow(FlowSpec):
    """One branch fails as soon as the other one is under way, which waits for minutes."""

    @step
    def start(self):
        import os
        import tempfile

        self.meeting = os.path.join(tempfile.mkdtemp(), "meeting")
        os.mkfifo(self.meeting)
        self.next(self.waits, self.fails)

    @millrace
    @step
    def waits(self):
        import threading

        with open(self.meeting, "w"):
            pass
        threading.Event().wait(300)
        self.next(self.both)

    @millrace
    @step
    def fails(self):
        with open(self.meeting):
            pass
        raise RuntimeError("enough")
        self.next(self.both)

    @step
    def both(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    QuarrelFlow()
