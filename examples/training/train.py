"""Tries several models on handwritten digits and keeps the one that reads them best."""

from metaflow import FlowSpec, Parameter, card, current, step
from metaflow.cards import Markdown, Table


def model(name):
    """An untrained model, by the name that the parameter has for it."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier

    return {
        "bayes": GaussianNB(),
        "forest": RandomForestClassifier(n_estimators=50, random_state=1),
        "neighbours": KNeighborsClassifier(),
    }[name]


class TrainingFlow(FlowSpec):
    folds = Parameter("folds", default=3, type=int, help="Into how many parts the images are split to judge a model.")
    models = Parameter("models", default="bayes,forest,neighbours", help="Which models are tried.")

    @step
    def start(self):
        from sklearn.datasets import load_digits

        self.images, self.labels = load_digits(return_X_y=True)
        self.names = self.models.split(",")
        print("%d images of %d pixels" % self.images.shape)
        self.next(self.train, foreach="names")

    @step
    def train(self):
        from sklearn.model_selection import cross_val_score

        self.candidate = self.input
        self.score = cross_val_score(model(self.candidate), self.images, self.labels, cv=self.folds).mean()
        print("%s reads %.1f %% of the digits" % (self.candidate, 100 * self.score))
        self.next(self.choose)

    @card(type="blank")
    @step
    def choose(self, inputs):
        scores = sorted(((tried.score, tried.candidate) for tried in inputs), reverse=True)
        self.score, self.best = scores[0]
        current.card.append(Markdown("# %s reads best" % self.best))
        current.card.append(Table([[name, "%.3f" % score] for score, name in scores], headers=["model", "score"]))
        self.next(self.end)

    @step
    def end(self):
        print("The best is %s, with %.3f" % (self.best, self.score))


if __name__ == "__main__":
    TrainingFlow()
