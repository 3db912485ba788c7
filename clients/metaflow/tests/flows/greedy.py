from metaflow import FlowSpec, current, kubernetes, retry, step


class GreedyFlow(FlowSpec):
    """Takes more memory than it has, once."""

    @retry(times=1, minutes_between_retries=0)
    @kubernetes(memory=500, qos="Guaranteed")
    @step
    def start(self):
        print("attempt %d" % current.retry_count, flush=True)
        if current.retry_count == 0:
            self.much = bytearray(800 * 1024 * 1024)
        self.attempts = current.retry_count
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    GreedyFlow()
