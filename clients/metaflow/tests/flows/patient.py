from metaflow import FlowSpec, catch, current, retry, step


class PatientFlow(FlowSpec):
    """Waits to be removed by the platform, and then fails by its own fault for ever."""

    @catch(var="error")
    @retry(times=1, minutes_between_retries=0)
    @step
    def start(self):
        import threading

        print("attempt %d" % current.retry_count, flush=True)
        if current.retry_count == 0:
            threading.Event().wait(300)
        raise ValueError("attempt %d" % current.retry_count)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    PatientFlow()
