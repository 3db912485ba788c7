package io.millrace.it.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/**
 * What an API server was asked, by its audit log: one JSON event a line, with the requests' bodies
 * for pods, Jobs and JobSets. Read from the last mark on.
 */
final class AuditLog {
  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete");
  private static final String MILLRACE = "fabric8";
  private static final String RUN = "metaflow/run_id";
  private static final String STEP = "metaflow/step_name";

  private final Path file;
  private long mark;

  AuditLog(Path file) {
    this.file = file;
  }

  /**
   * What happened since the mark.
   *
   * @param created objects that Millrace made, in order
   * @param ended pods that were reported to have succeeded, in order
   * @param writes how many writing requests Millrace made, leases apart
   */
  record Happened(List<Made> created, List<Ended> ended, int writes) {}

  /** An object that Millrace made. */
  record Made(Instant at, Duration answered, String run, String step) {}

  /** A pod that succeeded. */
  record Ended(Instant at, String run, String step) {}

  /** Forgets what has been until now. */
  void mark() throws IOException {
    mark = Files.size(file);
  }

  Happened sinceMark() throws IOException {
    var made = new ArrayList<Made>();
    var ended = new ArrayList<Ended>();
    var pods = new HashMap<String, JsonNode>();
    int writes = 0;
    for (String line : lines()) {
      JsonNode event = read(line);
      if (WRITES.contains(event.path("verb").asText())
          && event.path("stage").asText().equals("ResponseComplete")
          && event.path("responseStatus").path("code").asInt() < 300) {
        JsonNode ref = event.path("objectRef");
        String resource = ref.path("resource").asText();
        boolean ours = event.path("userAgent").asText().startsWith(MILLRACE);
        writes += ours && !resource.equals("leases") ? 1 : 0;
        if (event.path("verb").asText().equals("create")) {
          if (resource.equals("pods")) {
            JsonNode pod = event.path("responseObject").path("metadata");
            pods.put(
                ref.path("namespace").asText() + "/" + pod.path("name").asText(),
                pod.path("labels"));
          }
          if (ours) {
            made.add(made(event));
          }
        } else if (hasSucceeded(event)) {
          String pod = ref.path("namespace").asText() + "/" + ref.path("name").asText();
          // Told once; a second report of the same end finds the pod gone from the map.
          JsonNode labels = pods.remove(pod);
          if (labels != null) {
            ended.add(
                new Ended(
                    at(event, "requestReceivedTimestamp"),
                    labels.path(RUN).asText(),
                    labels.path(STEP).asText()));
          }
        }
      }
    }
    return new Happened(made, ended, writes);
  }

  private static boolean hasSucceeded(JsonNode event) {
    return event.path("objectRef").path("resource").asText().equals("pods")
        && event.path("objectRef").path("subresource").asText().equals("status")
        && event.path("requestObject").path("status").path("phase").asText().equals("Succeeded");
  }

  private static Made made(JsonNode event) {
    JsonNode labels = event.path("requestObject").path("metadata").path("labels");
    Instant at = at(event, "requestReceivedTimestamp");
    return new Made(
        at,
        Duration.between(at, at(event, "stageTimestamp")),
        labels.path(RUN).asText(),
        labels.path(STEP).asText());
  }

  private static Instant at(JsonNode event, String field) {
    return Instant.parse(event.path(field).asText());
  }

  private static JsonNode read(String line) {
    return switch (Json.read(line.getBytes(StandardCharsets.UTF_8), JsonNode.class, "an event")) {
      case Decoded.Understood<JsonNode>(JsonNode event) -> event;
      case Decoded.NotUnderstood<JsonNode>(String reason) ->
          throw new IllegalStateException("not an audit log: " + reason);
    };
  }

  private List<String> lines() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(mark);
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - mark));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
  }
}
