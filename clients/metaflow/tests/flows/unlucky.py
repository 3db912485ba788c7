from metaflow import FlowSpec, current, retry, step


class UnluckyFlow(FlowSpec):
    """Steps whose end is not what it seems."""

    @retry(times=1, minutes_between_retries=0)
    @step
    def start(self):
        import atexit
        import os

        # All is stored and reported when this happens.
        atexit.register(os.kill, os.getpid(), 9)
        self.attempts = current.retry_count
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    UnluckyFlow()
