package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static io.millrace.core.Story.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What launcher and watcher say: in order, late, twice, or about what is none of ours. */
class ObservationStoriesTest {
  private static final String TWO = "steps: [{name: a, retry: {user: 1}, next: b}, {name: b}]";

  private static Story two() {
    return given(flow(TWO)).start();
  }

  @Test
  void anAttemptIsFollowedToItsEnd() {
    two()
        .launched("a")
        .thenTold()
        .thenStands("a", AttemptState.Launched.class)
        .pending("a", "ImagePull")
        .thenTold("task.pending")
        .thenStands("a", AttemptState.Pending.class)
        .running("a")
        .thenTold("task.running")
        .thenStands("a", AttemptState.Running.class)
        .succeeded("a")
        .thenStands("a", AttemptState.Done.class);
  }

  @Test
  void whatIsKnownAlreadyChangesNothing() {
    two()
        .launched("a")
        .launched("a")
        .thenNothing()
        .pending("a", "ImagePull")
        .pending("a", "ImagePull")
        .thenNothing()
        .launched("a")
        .thenNothing()
        .running("a")
        .running("a")
        .thenNothing()
        .pending("a", "ImagePull")
        .thenNothing()
        .launched("a")
        .thenNothing()
        .deferred("a", Duration.ofSeconds(1))
        .thenNothing()
        .expired("a")
        .thenNothing()
        .succeeded("a")
        .succeeded("a")
        .thenNothing()
        .failed("a")
        .thenNothing();
  }

  @Test
  void anEndMayBeAllThatIsSeen() {
    two().succeeded("a").then(ordered("b")).succeeded("b").thenStands(Result.SUCCEEDED);
  }

  @Test
  void anAttemptThatIsOverAndYetLivesIsStopped() {
    two().succeeded("a").running("a").then(stopped("a")).thenTold();
    two()
        .failed("a")
        .running("a/0")
        .then(stopped("a/0"))
        .after(Duration.ofMinutes(1))
        .then(ordered("a/1"))
        .launched("a/0")
        .then(stopped("a/0"))
        .pending("a/0", "x")
        .then(stopped("a/0"));
  }

  @Test
  void anAttemptThatIsYetToBeOrderedIsNotStoppedBeforehand() {
    two().failed("a").running("a/1").thenNothing().running("a/7").thenNothing();
  }

  @Test
  void theLateEndOfAnEarlierAttemptChangesNothing() {
    two()
        .failed("a")
        .after(Duration.ofMinutes(1))
        .succeeded("a/0")
        .thenNothing()
        .failed("a/0")
        .thenNothing()
        .rejected("a/0", "late")
        .thenNothing()
        .expired("a/0")
        .thenNothing()
        .deferred("a/0", Duration.ZERO)
        .thenNothing();
  }

  @Test
  void whatBelongsToNoRunIsStoppedWhenItLivesAndElseIgnored() {
    Story story = two();
    story
        .run("stranger")
        .running("a")
        .then(stopped("a"))
        .thenTold()
        .succeeded("a")
        .thenNothing()
        .failed("a", Kind.LOST)
        .thenNothing()
        .deferred("a", Duration.ZERO)
        .thenNothing();
    story.run("run").launched("unheard").then(stopped("unheard"));
    story.succeeded("a").then(ordered("b"));
  }

  @Test
  void aDoneBranchOfAForeachIsForgottenAndItsRepetitionsChangeNothing() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: {foreach: work}}
                    - {name: work, next: join}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start", Outcome.splitting(2))
            .succeeded("work-0");
    assertThat(story.task("work-0")).isNull();
    story.succeeded("work-0").thenNothing().failed("work-0").thenNothing();
    story.running("work-0").then(stopped("work-0"));
    story.succeeded("work-1").then(ordered("join"));
  }

  @Test
  void anOrderThatCannotBeCarriedOutYetIsGivenAgainLater() {
    Story story = two();
    String first = story.orderBytes().getFirst();
    story
        .deferred("a", Duration.ofSeconds(30))
        .thenTold("task.deferred")
        .after(Duration.ofSeconds(29))
        .then()
        .after(Duration.ofSeconds(1))
        .then(ordered("a/0"))
        .thenTold();
    assertThat(story.orderBytes().getFirst().replaceAll("\"notAfter\":\"[^\"]*\"", ""))
        .isEqualTo(first.replaceAll("\"notAfter\":\"[^\"]*\"", ""));
    story.launched("a").after(Duration.ofDays(1)).then();
  }

  @Test
  void anOrderThatCameTooLateIsGivenAgainAtOnce() {
    two().expired("a").then(ordered("a/0")).thenTold();
  }

  @Test
  void anOrderWithoutAnAnswerIsGivenAgainWhenItHasLostItsForce() {
    two()
        .after(AttemptRules.ORDER_HOLDS.minusMillis(1))
        .then()
        .after(Duration.ofMillis(1))
        .then(ordered("a/0"))
        .after(AttemptRules.ORDER_HOLDS)
        .then(ordered("a/0"))
        .launched("a")
        .after(AttemptRules.ORDER_HOLDS)
        .then();
  }

  @Test
  void anAttemptThatIsBeingStoppedStaysSoUntilItsEnd() {
    two()
        .cancel()
        .then(stopped("a"))
        .launched("a")
        .thenNothing()
        .pending("a", "x")
        .thenNothing()
        .deferred("a", Duration.ZERO)
        .thenNothing()
        .expired("a")
        .thenNothing()
        .running("a")
        .thenNothing()
        .failed("a", Kind.CANCELLED)
        .thenStands(Result.CANCELLED);
  }

  @Test
  void anOrderThatIsRefusedWhileItsRunEndsIsOver() {
    two().cancel().rejected("a", "no such namespace").thenStands(Result.CANCELLED);
  }
}
