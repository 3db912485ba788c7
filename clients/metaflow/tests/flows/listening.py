from metaflow import FlowSpec, Parameter, current, step, trigger


@trigger(events=["from.a.step", "metaflow.AnnouncingFlow.first"], options={"match": "any"})
class ListeningFlow(FlowSpec):
    """Any one of two events is enough."""

    word = Parameter("word", default="none")

    @step
    def start(self):
        self.event = current.trigger.event.name
        self.type = current.trigger.event.type
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ListeningFlow()
