from metaflow import FlowSpec, Parameter, schedule, step


@schedule(cron="30 6 ? * MON-FRI *", timezone="Europe/Berlin")
class ScheduledFlow(FlowSpec):
    day = Parameter("day", default="today")

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        self.seen = self.day


if __name__ == "__main__":
    ScheduledFlow()
