from metaflow import FlowSpec, step


class WaitingFlow(FlowSpec):
    """Says which process it is, and waits for minutes."""

    @step
    def start(self):
        import os
        import threading

        print("waits as process %d" % os.getpid(), flush=True)
        threading.Event().wait(300)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    WaitingFlow()
