package io.millrace.client.follow;

import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.client.show.Summary;
import io.millrace.events.Event.RunChange;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows one run to its end. Its events drive everything: the run's detail is fetched when some
 * have come, once for all that come within a moment, and never without one.
 */
public final class Following {
  /** The event of a run's end can be ahead of what the server shows of the run, by moments. */
  private static final int LAST_LOOKS = 20;

  private final ApiClient api;
  private final RunId run;
  private final ProgressView view;
  private final Pace pace;
  private final String whyNotStarted;
  private final Story story;

  /**
   * @param run may be one that the server does not know yet
   * @param whyNotStarted what to say when the run does not begin
   */
  public Following(ApiClient api, RunId run, ProgressView view, Pace pace, String whyNotStarted) {
    this.api = api;
    this.run = run;
    this.view = view;
    this.pace = pace;
    this.whyNotStarted = whyNotStarted;
    this.story = new Story(run);
  }

  /**
   * Returns when the run is over.
   *
   * @throws NeverStartedException when it does not begin
   * @throws ApiException when the server is gone for too long
   */
  public RunChange toItsEnd() {
    long begun = System.nanoTime();
    boolean heard = false;
    boolean worried = false;
    try (var inbox = new Inbox(notices -> api.events(run, notices))) {
      while (story.result().isEmpty()) {
        Inbox.News news =
            inbox.await(pace.tick(), view.wantsDetail() ? pace.gather() : Duration.ZERO);
        news.notices().forEach(view::notice);
        heard = heard || !news.events().isEmpty();
        if (!news.events().isEmpty()) {
          take(news.events());
        } else if (heard) {
          view.tick(Instant.now());
        } else {
          worried = worry(Duration.ofNanos(System.nanoTime() - begun), worried);
        }
      }
    }
    Summary summary = story.summary();
    view.over(summary);
    return summary.result();
  }

  private boolean worry(Duration waited, boolean worried) {
    if (waited.compareTo(pace.giveUp()) >= 0) {
      throw new NeverStartedException(
          "Run %s has not started within %s s. %s"
              .formatted(run, pace.giveUp().toSeconds(), whyNotStarted));
    }
    boolean worrying = waited.compareTo(pace.worry()) >= 0;
    if (worrying && !worried) {
      view.notice("Run %s has not started yet; still waiting. %s".formatted(run, whyNotStarted));
    }
    return worrying;
  }

  private void take(List<EventView> events) {
    events.forEach(story::add);
    view.happened(events);
    if (view.wantsDetail()) {
      boolean over = story.result().isPresent();
      (over ? lastDetail() : detail()).ifPresent(d -> view.detail(d, story.failures()));
    }
  }

  /** Empty while the server cannot say: the next event asks again. */
  private Optional<RunView> detail() {
    try {
      return Optional.of(api.run(run).value());
    } catch (ApiException notNow) {
      if (notNow.isNotFound() || notNow.isTransient()) {
        return Optional.empty();
      }
      throw notNow;
    }
  }

  private Optional<RunView> lastDetail() {
    Optional<RunView> detail = detail();
    for (int i = 0; i < LAST_LOOKS && detail.isPresent() && isOpen(detail.get()); i++) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      detail = detail();
    }
    return detail;
  }

  private static boolean isOpen(RunView run) {
    return run.state() == RunView.State.RUNNING || run.state() == RunView.State.SUSPENDED;
  }
}
