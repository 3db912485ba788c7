from pathlib import Path

from metaflow import Config, FlowSpec, IncludeFile, card, config_expr, current, environment, get_namespace, project, secrets, step
from metaflow.cards import Markdown


@project(name="weather")
class SettingsFlow(FlowSpec):
    """What reaches a step from outside its code."""

    config = Config("config", default_value='{"greeting": "hi", "deep": {"n": 1}}')
    words = IncludeFile("words", default=str(Path(__file__).with_name("words.txt")))

    @card(type="blank")
    @environment(vars={"GREETING": config_expr("config.greeting")})
    @secrets(sources=[{"type": "inline", "id": "inline", "options": {"env_vars": {"TOKEN": "t0ken"}}}])
    @step
    def start(self):
        import os

        current.card.append(Markdown("a card of today"))
        self.greeting = os.environ["GREETING"]
        self.token = os.environ["TOKEN"]
        self.deep = self.config.deep.n
        self.count = len(self.words.split())
        self.namespace = get_namespace()
        self.project = [current.project_name, current.branch_name, current.project_flow_name, current.is_production]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SettingsFlow()
