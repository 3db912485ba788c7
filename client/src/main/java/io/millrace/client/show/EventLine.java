package io.millrace.client.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.show.Style.Tone;
import io.millrace.events.api.EventView;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** An event in one line. Reads the JSON itself, so that events of a newer server are shown too. */
public final class EventLine {
  private static final String PREFIX = "io.millrace.";
  private static final int TYPES = 16;

  private final Style style;
  private final DateTimeFormatter clock;
  private final boolean ofAllRuns;

  /**
   * @param ofAllRuns whether the run has to be named
   */
  public EventLine(Style style, ZoneId zone, boolean ofAllRuns) {
    this.style = style;
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(zone);
    this.ofAllRuns = ofAllRuns;
  }

  public String of(EventView event) {
    String type =
        event.type().startsWith(PREFIX) ? event.type().substring(PREFIX.length()) : event.type();
    String subject = event.subject() == null ? "" : event.subject();
    int slash = subject.indexOf('/');
    String named = ofAllRuns || slash < 0 ? subject : subject.substring(slash + 1);
    var line =
        new Line()
            .add(Tone.FAINT, event.time() == null ? "" : clock.format(event.time()))
            .add("  ")
            .add(tone(type), Columns.padded(type, TYPES))
            .add("  " + named);
    String detail = detail(event.data());
    return (detail.isEmpty() ? line : line.add("  " + detail)).text(style);
  }

  private static Tone tone(String type) {
    if (type.endsWith(".succeeded")) {
      return Tone.GOOD;
    }
    if (type.endsWith(".failed") || type.endsWith(".timed-out")) {
      return Tone.BAD;
    }
    return type.endsWith(".retrying") || type.endsWith(".cancelled") ? Tone.WARNING : Tone.NORMAL;
  }

  private static String detail(JsonNode data) {
    if (data == null) {
      return "";
    }
    JsonNode cause = data.path("cause");
    String why =
        cause.isObject() ? cause.path("kind").asText() + ": " + cause.path("message").asText() : "";
    String message = data.path("message").asText("");
    return why.isEmpty() || message.isEmpty() ? why + message : why + " (" + message + ")";
  }
}
