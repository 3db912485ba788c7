from metaflow import FlowSpec, Parameter, catch, current, environment, resources, retry, step, timeout


class FailureFlow(FlowSpec):
    hopeless = Parameter("hopeless", default=False)

    @retry(times=2, minutes_between_retries=0)
    @step
    def start(self):
        print("attempt %d" % current.retry_count)
        if current.retry_count < 2:
            raise ValueError("not yet")
        self.attempt = current.retry_count
        self.next(self.caught)

    @catch(var="error")
    @retry(times=1, minutes_between_retries=0)
    @step
    def caught(self):
        raise KeyError("for ever")
        self.next(self.crashed)

    @catch(var="crash")
    @step
    def crashed(self):
        import os

        os._exit(3)
        self.next(self.end)

    @environment(vars={"COLOUR": "green"})
    @resources(cpu=2, memory=100)
    @timeout(seconds=90)
    @step
    def end(self):
        import os

        self.colour = os.environ["COLOUR"]
        if self.hopeless:
            raise RuntimeError("no hope")


if __name__ == "__main__":
    FailureFlow()
