package io.millrace.client.api;

import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.StepName;
import io.millrace.events.api.EventView;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import io.smallrye.mutiny.Multi;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Millrace's REST API. Questions block until they are answered; streams are followed by whoever
 * subscribes. Every failure is an {@link ApiException}.
 */
public final class ApiClient {
  /** After these the server closes a run's stream: nothing more happens to the run. */
  private static final Set<String> ENDS =
      Set.of(
          "io.millrace.run.succeeded",
          "io.millrace.run.failed",
          "io.millrace.run.cancelled",
          "io.millrace.run.timed-out");

  private final Exchange exchange;
  private final Patience patience;

  /**
   * @param server the API's address
   * @param token sent as bearer token; empty for none
   * @param patience with lost connections
   */
  public ApiClient(URI server, String token, Patience patience) {
    this.exchange = new Exchange(server, token);
    this.patience = patience;
  }

  public Answer<FlowView.Page> flows() {
    return get("/flows", FlowView.Page.class);
  }

  /** A flow with its document, by {@code name} or {@code name@sha256}. */
  public Answer<FlowView> flow(String name) {
    return get("/flows/" + part(name), FlowView.class);
  }

  /** Makes a document the current definition of its name. */
  public Answer<FlowView.Deployed> deploy(String document, boolean json) {
    return exchange.send(
        exchange
            .request("/flows")
            .header("Content-Type", json ? "application/json" : "application/yaml")
            .POST(BodyPublishers.ofString(document)),
        FlowView.Deployed.class);
  }

  public Answer<RunView.Accepted> run(RunRequest request) {
    return post("/runs", json(request), RunView.Accepted.class);
  }

  public Answer<RunView.Page> runs(RunFilter filter) {
    var query = new LinkedHashMap<String, String>();
    query.put("flow", filter.flow());
    query.put("state", filter.state());
    query.put("tag", filter.tag());
    query.put("limit", Integer.toString(filter.limit()));
    query.put("before", filter.before());
    return get("/runs" + query(query), RunView.Page.class);
  }

  /** Runs of any age, where the server keeps a history. */
  public Answer<HistoryView.Page> history(HistoryFilter filter) {
    var query = new LinkedHashMap<String, String>();
    query.put("flow", filter.flow());
    query.put("state", filter.state());
    query.put("since", filter.since());
    query.put("until", filter.until());
    query.put("text", filter.text());
    query.put("limit", Integer.toString(filter.limit()));
    query.put("before", filter.before());
    return get("/history/runs" + query(query), HistoryView.Page.class);
  }

  public Answer<RunView> run(RunId run) {
    return get("/runs/" + run, RunView.class);
  }

  /** A run's tasks in one state, such as {@code failed}; in all states when that is null. */
  public Answer<TaskView.Page> tasks(RunId run, String state) {
    return get(
        "/runs/" + run + "/tasks" + query(Collections.singletonMap("state", state)),
        TaskView.Page.class);
  }

  /** Ends a run; the reason may be null. */
  public Answer<RunView.Accepted> cancel(RunId run, String reason) {
    BodyPublisher body = reason == null ? BodyPublishers.noBody() : json(Map.of("reason", reason));
    return post("/runs/" + run + "/cancel", body, RunView.Accepted.class);
  }

  public Answer<RunView.Accepted> suspend(RunId run) {
    return post("/runs/" + run + "/suspend", BodyPublishers.noBody(), RunView.Accepted.class);
  }

  public Answer<RunView.Accepted> resume(RunId run) {
    return post("/runs/" + run + "/resume", BodyPublishers.noBody(), RunView.Accepted.class);
  }

  /**
   * Starts a new run that goes on from where a run failed, or from one of its steps.
   *
   * @param as the new run's id; null to have one chosen
   * @param from the step that is done once more, with all that follows it; null to go on from where
   *     the run stopped
   */
  public Answer<RunView.Accepted> retry(RunId run, RunId as, StepName from) {
    var asked = new LinkedHashMap<String, Object>();
    if (as != null) {
      asked.put("run", as);
    }
    if (from != null) {
      asked.put("from", from);
    }
    BodyPublisher body = asked.isEmpty() ? BodyPublishers.noBody() : json(asked);
    return post("/runs/" + run + "/retry", body, RunView.Accepted.class);
  }

  /** The attempts of which there are log lines; of all steps when {@code step} is null. */
  public Answer<TaskView.Logged.Page> logged(RunId run, StepName step) {
    String query = step == null ? "" : query(Map.of("step", step.value()));
    return get("/runs/" + run + "/logs" + query, TaskView.Logged.Page.class);
  }

  /**
   * What has happened to a run.
   *
   * @param notices of every stream: told when its connection is lost and when it is back
   */
  public Multi<EventView> pastEvents(RunId run, Consumer<String> notices) {
    return reading("/runs/" + run + "/events?follow=false", notices).messages().map(this::event);
  }

  /** What has happened and happens to a run, to its end. Waits for a run that is not known yet. */
  public Multi<EventView> events(RunId run, Consumer<String> notices) {
    return reading("/runs/" + run + "/events", notices)
        .messagesUntil(message -> ENDS.contains(message.event()))
        .map(this::event);
  }

  /** What happens to all runs from now on, without end. */
  public Multi<EventView> events(Consumer<String> notices) {
    return reading("/events", notices).messagesUntil(message -> false).map(this::event);
  }

  /** The lines of one attempt; those to come too when it is followed, to the attempt's end. */
  public Multi<LogLine> log(
      RunId run, TaskView.Logged attempt, boolean follow, Consumer<String> notices) {
    String path =
        "/runs/%s/tasks/%s/attempts/%d/logs?follow=%b"
            .formatted(run, part(attempt.task().toString()), attempt.attempt(), follow);
    return reading(path, notices)
        .messages()
        .map(message -> EventStream.read(message.data(), LogLine.class));
  }

  private EventStream reading(String path, Consumer<String> notices) {
    return new EventStream(exchange, path, patience, notices);
  }

  private EventView event(StreamMessage message) {
    return EventStream.read(message.data(), EventView.class);
  }

  private <T> Answer<T> get(String path, Class<T> type) {
    return exchange.send(exchange.request(path).GET(), type);
  }

  private <T> Answer<T> post(String path, BodyPublisher body, Class<T> type) {
    HttpRequest.Builder request = exchange.request(path).POST(body);
    if (body.contentLength() != 0) {
      request.header("Content-Type", "application/json");
    }
    return exchange.send(request, type);
  }

  private static BodyPublisher json(Object value) {
    return BodyPublishers.ofByteArray(Json.write(value));
  }

  private static String query(Map<String, String> values) {
    String text =
        values.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .map(entry -> entry.getKey() + "=" + part(entry.getValue()))
            .collect(Collectors.joining("&"));
    return text.isEmpty() ? "" : "?" + text;
  }

  private static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
