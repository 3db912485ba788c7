from metaflow import FlowSpec, step
from metaflow.integrations import MillraceEvent


class AnnouncingFlow(FlowSpec):
    """Publishes an event from a step; its last step has a name of its own."""

    @step(start=True)
    def first(self):
        self.word = "hello"
        self.published = MillraceEvent("from.a.step").safe_publish({"word": self.word}, ignore_errors=False)
        self.next(self.last)

    @step(end=True)
    def last(self):
        pass


if __name__ == "__main__":
    AnnouncingFlow()
