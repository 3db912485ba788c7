package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.FlowRef;
import io.millrace.events.StepName;
import io.millrace.events.flow.Triggers.Match;
import io.millrace.events.flow.Triggers.On;
import io.millrace.events.flow.Triggers.Result;
import io.millrace.events.flow.Triggers.Schedule;
import io.millrace.events.flow.Triggers.Times;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads what a flow document says of events, field by field. Cron expressions and time zones are
 * judged by the engine's own reader of them.
 */
final class TriggersReader {
  private static final Pattern EVENT = Pattern.compile("[!-~]{1,255}");
  private static final int MOST_CRONS = 20;
  private static final int LONGEST = 255;

  private TriggersReader() {}

  static Triggers triggers(Fields fields, List<FlowProblem> problems, String where) {
    Schedule schedule = fields.has("schedule") ? schedule(fields.object("schedule")) : null;
    List<On> events = events(fields, problems, where + ".events");
    Match match = match(fields);
    var window = fields.duration("window", null);
    Times reset = fields.has("reset") ? times(fields.object("reset"), true) : null;
    if (!fields.has("schedule") && !fields.has("events")) {
      fields.wrong("expected a schedule, events or both; drop the section where there are none");
    }
    fields.nothingElse();
    return new Triggers(schedule, events, match, window, reset);
  }

  private static Schedule schedule(Fields fields) {
    Times times = times(fields, false);
    var parameters = new LinkedHashMap<String, JsonNode>();
    object(fields, "parameters").forEach(e -> parameters.put(e.getKey(), e.getValue()));
    fields.nothingElse();
    return times == null ? null : new Schedule(times, parameters);
  }

  private static Times times(Fields fields, boolean alone) {
    JsonNode given = fields.at("cron");
    var cron = new ArrayList<String>();
    if (given.isTextual()) {
      cron.add(given.textValue());
    } else if (given.isArray() && !given.isEmpty() && given.size() <= MOST_CRONS) {
      given.forEach(
          one -> {
            if (one.isTextual()) {
              cron.add(one.textValue());
            } else {
              fields.wrong(
                  "cron", "expected a list of cron expressions, found in it " + Fields.kind(one));
            }
          });
    } else {
      fields.wrong(
          "cron",
          "expected a cron expression or a list of 1 to %d of them, found %s"
              .formatted(MOST_CRONS, Fields.kind(given)));
    }
    String zone = text(fields, "timezone", "a time zone of the IANA's, such as Europe/Berlin");
    if (alone) {
      fields.nothingElse();
    }
    return cron.isEmpty() ? null : new Times(cron, zone == null ? "UTC" : zone);
  }

  private static List<On> events(Fields fields, List<FlowProblem> problems, String where) {
    JsonNode list = fields.at("events");
    if (list.isMissingNode()) {
      return List.of();
    }
    if (!list.isArray() || list.isEmpty() || list.size() > Triggers.MOST_EVENTS) {
      fields.wrong(
          "events",
          "expected a list of 1 to %d events, found %s"
              .formatted(Triggers.MOST_EVENTS, list.isArray() ? list.size() : Fields.kind(list)));
      return List.of();
    }
    var events = new ArrayList<On>();
    var labels = new HashSet<String>();
    for (int i = 0; i < list.size(); i++) {
      var each = new Fields(where + "[" + i + "]", list.get(i), problems);
      if (!list.get(i).isObject()) {
        each.wrong("expected an object with an event or a flow, found " + Fields.kind(list.get(i)));
        continue;
      }
      On on = on(each);
      if ((on.event() != null || on.flow() != null) && !labels.add(on.label())) {
        each.wrong("'%s' stands in the list before; name each once".formatted(on.label()));
      }
      events.add(on);
    }
    return events;
  }

  private static On on(Fields fields) {
    String event = text(fields, "event", "an event's name");
    String flow = text(fields, "flow", "a flow's name");
    StepName step = fields.has("step") ? fields.step("step", fields.at("step")).orElse(null) : null;
    if (fields.has("event") == fields.has("flow")) {
      fields.wrong("expected either 'event', a name, or 'flow', a flow that succeeds");
    }
    if (event != null && !EVENT.matcher(event).matches()) {
      fields.wrong("event", "expected 1 to 255 visible ASCII characters, found '" + event + "'");
    }
    if (flow != null && !FlowRef.isValidName(flow)) {
      fields.wrong("flow", "'" + flow + "' cannot be a flow's name");
    }
    if (fields.has("step") && !fields.has("flow")) {
      fields.wrong("step", "only a flow has steps; name it by 'flow'");
    }
    Result result = result(fields);
    if (result != null && (!fields.has("flow") || fields.has("step"))) {
      fields.wrong("result", "only a flow's run as a whole has one; name it by 'flow' alone");
    }
    Map<String, String> where = texts(fields, "where");
    Map<String, String> parameters = texts(fields, "parameters");
    fields.nothingElse();
    return new On(event, flow, step, result, where, parameters);
  }

  private static Result result(Fields fields) {
    JsonNode given = fields.at("result");
    for (Result result : Result.values()) {
      if (given.isTextual() && result.toString().equals(given.textValue())) {
        return result;
      }
    }
    if (!given.isMissingNode()) {
      fields.wrong("result", "expected succeeded or failed, found " + given);
    }
    return null;
  }

  private static Match match(Fields fields) {
    JsonNode given = fields.at("match");
    for (Match match : Match.values()) {
      if (given.isTextual() && match.toString().equals(given.textValue())) {
        return match;
      }
    }
    if (!given.isMissingNode()) {
      fields.wrong("match", "expected all or any, found " + given);
    }
    return Match.ALL;
  }

  static Announce announce(Fields fields) {
    String prefix = text(fields, "prefix", "a name");
    if (prefix == null || !EVENT.matcher(prefix).matches()) {
      fields.wrong(
          "prefix",
          "expected 1 to 255 visible ASCII characters"
              + (prefix == null ? "" : ", found '" + prefix + "'"));
    }
    var payload = new LinkedHashMap<String, JsonNode>();
    object(fields, "payload").forEach(e -> payload.put(e.getKey(), e.getValue()));
    fields.nothingElse();
    return new Announce(prefix, payload);
  }

  private static String text(Fields fields, String field, String what) {
    JsonNode value = fields.at(field);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isEmpty() || value.textValue().length() > LONGEST) {
      fields.wrong(field, "expected " + what + ", found " + value);
      return null;
    }
    return value.textValue();
  }

  private static Map<String, String> texts(Fields fields, String field) {
    var result = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> entry : object(fields, field)) {
      if (entry.getValue().isTextual()) {
        result.put(entry.getKey(), entry.getValue().textValue());
      } else {
        fields.wrong(field + "." + entry.getKey(), "expected a text, found " + entry.getValue());
      }
    }
    return result;
  }

  private static List<Map.Entry<String, JsonNode>> object(Fields fields, String field) {
    JsonNode value = fields.at(field);
    if (!value.isMissingNode() && !value.isObject()) {
      fields.wrong(field, "expected an object of names and values, found " + Fields.kind(value));
    }
    return List.copyOf(value.properties());
  }
}
