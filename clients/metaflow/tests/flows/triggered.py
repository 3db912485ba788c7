from metaflow import FlowSpec, JSONType, Parameter, current, step, trigger, trigger_on_finish


@trigger(
    event={"name": "data.ready", "parameters": {"x": "rows", "learning-rate": "rate", "data": "data"}},
    options={"window": 3600, "reset_at": {"cron": "0 0 * * *", "timezone": "Europe/Berlin"}},
)
@trigger_on_finish(flow="AnnouncingFlow")
class TriggeredFlow(FlowSpec):
    """Waits for an event and for another flow."""

    x = Parameter("x", type=int, required=True)
    rate = Parameter("learning-rate", default=0.5)
    data = Parameter("data", type=JSONType, default="{}")

    @step
    def start(self):
        self.seen = [self.x, self.rate, self.data]
        self.event = current.trigger.event._asdict()
        self.events = {event.name: [event.id, event.type] for event in current.trigger.events}
        self.upstream = current.trigger.run.pathspec
        self.word = current.trigger["AnnouncingFlow"].data.word
        self.next(self.end)

    @step
    def end(self):
        self.names = sorted(event.name for event in current.trigger.events)


if __name__ == "__main__":
    TriggeredFlow()
