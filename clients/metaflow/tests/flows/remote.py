from metaflow import FlowSpec, current, millrace, parallel, retry, step


class RemoteFlow(FlowSpec):
    """Only the tasks in the middle run through Millrace."""

    @step
    def start(self):
        self.place = pod()
        self.items = [2, 3]
        self.next(self.work, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @millrace(cpu=0.2, memory=200, secrets=["token"])
    @step
    def work(self):
        import os

        print("item %d" % self.input)
        if self.input == 3 and current.retry_count == 0:
            raise ValueError("not at once")
        self.square = self.input**2
        self.place = pod()
        self.token = os.environ["TOKEN"]
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.squares = [one.square for one in inputs]
        self.places = [one.place for one in inputs]
        self.tokens = {one.token for one in inputs}
        self.place = pod()
        self.next(self.open)

    @step
    def open(self):
        self.next(self.crew, num_parallel=2)

    @millrace(cpu=0.2, memory=200)
    @parallel
    @step
    def crew(self):
        self.member = [current.parallel.node_index, current.parallel.num_nodes]
        print("member %d" % current.parallel.node_index)
        self.next(self.meet)

    @step
    def meet(self, inputs):
        self.members = [one.member for one in inputs]
        self.merge_artifacts(inputs, include=["squares"])
        self.next(self.end)

    @step
    def end(self):
        self.total = sum(self.squares)


def pod():
    import os

    return os.environ.get("METAFLOW_KUBERNETES_POD_NAME")


if __name__ == "__main__":
    RemoteFlow()
