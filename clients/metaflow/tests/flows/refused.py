from metaflow import FlowSpec, Parameter, catch, parallel, schedule, step


@schedule(daily=True)
class RefusedFlow(FlowSpec):
    day = Parameter("day", required=True)

    @step
    def start(self):
        self.next(self.work, num_parallel=2)

    @catch
    @parallel
    @step
    def work(self):
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RefusedFlow()
