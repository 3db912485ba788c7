from metaflow import FlowSpec, Parameter, card, catch, current, environment, kubernetes, resources, retry, step, timeout
from metaflow.cards import Markdown


class PodFlow(FlowSpec):
    """Steps with @kubernetes and without, which run as Jobs alike."""

    x = Parameter("x", default=1)

    @environment(vars={"COLOUR": "green"})
    @resources(cpu=0.2, memory=100)
    @kubernetes(cpu=0.1, memory=200, secrets=["token"], labels={"team": "a"}, annotations={"note": "b"})
    @card(type="blank")
    @timeout(minutes=10)
    @step
    def start(self):
        import os
        import sys

        current.card.append(Markdown("a card from a pod"))
        print("hello from a pod")
        print("and its other stream", file=sys.stderr)
        self.colour = os.environ["COLOUR"]
        self.token = os.environ["TOKEN"]
        self.pod = os.environ["METAFLOW_KUBERNETES_POD_NAME"]
        self.items = ["a", "b"]
        self.next(self.work, foreach="items")

    @retry(times=2, minutes_between_retries=0)
    @step
    def work(self):
        import os

        if self.input == "b" and current.retry_count == 0:
            # As a process that the kernel kills: no word of its end.
            os.kill(os.getpid(), 9)
        self.value = "%s%d" % (self.input, self.x)
        self.attempt = current.retry_count
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.values = [(one.value, one.attempt) for one in inputs]
        self.next(self.doubtful)

    @catch(var="error")
    @step
    def doubtful(self):
        raise ValueError("no luck")
        self.next(self.end)

    @step
    def end(self):
        self.caught = "no luck" in str(self.error)


if __name__ == "__main__":
    PodFlow()
