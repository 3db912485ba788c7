"""Tries several models on handwritten digits, keeps the one that reads them best, and has a gang confirm it."""

from metaflow import FlowSpec, Parameter, card, current, parallel, step
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


def score(name, images, labels, folds):
    """How much of the images a model reads that has not learnt from them."""
    from sklearn.model_selection import cross_val_score

    return float(cross_val_score(model(name), images, labels, cv=folds).mean())


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
        self.candidate = self.input
        self.score = score(self.candidate, self.images, self.labels, self.folds)
        print("%s reads %.1f %% of the digits" % (self.candidate, 100 * self.score))
        self.next(self.choose)

    @card(type="blank")
    @step
    def choose(self, inputs):
        scores = sorted(((tried.score, tried.candidate) for tried in inputs), reverse=True)
        self.score, self.best = scores[0]
        current.card.append(Markdown("# %s reads best" % self.best))
        current.card.append(Table([[name, "%.3f" % score] for score, name in scores], headers=["model", "score"]))
        self.merge_artifacts(inputs, include=["images", "labels"])
        self.next(self.share)

    @step
    def share(self):
        # A join cannot open a gang itself.
        self.next(self.confirm, num_parallel=2)

    @parallel
    @step
    def confirm(self):
        """The members of the gang run at the same time; each takes its share of the images."""
        node, nodes = current.parallel.node_index, current.parallel.num_nodes
        share = slice(node, None, nodes)
        self.confirmed = score(self.best, self.images[share], self.labels[share], self.folds)
        print("node %d of %d: %s reads %.1f %% of its share" % (node, nodes, self.best, 100 * self.confirmed))
        self.next(self.agree)

    @step
    def agree(self, inputs):
        self.confirmed = [one.confirmed for one in inputs]
        self.merge_artifacts(inputs, include=["best", "score"])
        self.next(self.end)

    @step
    def end(self):
        shares = ", ".join("%.3f" % one for one in self.confirmed)
        print("The best is %s, with %.3f; on the shares of the gang: %s" % (self.best, self.score, shares))


if __name__ == "__main__":
    TrainingFlow()
