package io.millrace.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Records and their bytes: there and back, always the same, and never an exception. */
class JsonTest {

  private static <T> void thereAndBack(T value, Class<T> type) {
    byte[] bytes = Json.write(value);
    Decoded<T> read = Json.read(bytes, type, "a record");
    assertThat(read).as("%s", Json.text(value)).isInstanceOf(Decoded.Understood.class);
    T again = ((Decoded.Understood<T>) read).value();
    assertThat(Json.write(again)).isEqualTo(bytes);
    if (!Json.text(value).contains("\"arrived\"")) {
      // Arrays are equal by their bytes alone.
      assertThat(again).isEqualTo(value);
    }
  }

  @Test
  void everyRecordIsReadBackAsItWasWritten() {
    Samples.commands().forEach(command -> thereAndBack(command, Command.class));
    Samples.orders().forEach(order -> thereAndBack(order, Order.class));
    Samples.requests().forEach(request -> thereAndBack(request, RunRequest.class));
    thereAndBack(Samples.frontier(), Frontier.class);
    thereAndBack(new DeadLetter("t", 1, 2, "why"), DeadLetter.class);
    for (Event event : Samples.events()) {
      if (event instanceof Event.RunChanged changed) {
        thereAndBack(changed, Event.RunChanged.class);
      } else if (event instanceof Event.TaskChanged changed) {
        thereAndBack(changed, Event.TaskChanged.class);
      }
    }
  }

  @Test
  void everyKindOfCommandIsThere() {
    assertThat(Samples.commands().stream().map(Object::getClass).distinct())
        .hasSize(
            Command.class.getPermittedSubclasses().length
                - 1
                + Observation.class.getPermittedSubclasses().length);
  }

  @Test
  void anItemThatIsEmptyIsAnItemAllTheSame() {
    var order = (Order.Launch) Samples.orders().getFirst();
    assertThat(Json.text(order)).contains("\"item\":[]");
  }

  @Test
  void anOutcomeHasTheNamesThatStepsWrite() {
    assertThat(Json.text(Samples.OUTCOME))
        .isEqualTo(
            "{\"v\":1,\"ok\":true,\"next\":\"next\",\"splits\":3,\"num_parallel\":4,\"mappers\":4,\"error\":\"no error\",\"outputs\":{\"auc\":0.9}}");
  }

  @Test
  void theOrderOfAMapDoesNotShowInTheBytes() {
    var one = new LinkedHashMap<String, Integer>();
    var other = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < 20; i++) {
      one.put("k" + i, i);
      other.put("k" + (19 - i), 19 - i);
    }
    assertThat(Json.text(one)).isEqualTo(Json.text(other));
  }

  @Test
  void whatCannotBeReadIsSaidToBeSo() {
    assertThat(reason("")).isEqualTo("expected a command as JSON, found nothing");
    assertThat(reason("null")).isEqualTo("expected a command as JSON, found null");
    assertThat(reason("[]")).startsWith("expected a command as JSON: ");
    assertThat(reason("{}")).contains("missing type id property 'type'");
    assertThat(reason("{\"type\":\"launched\"}")).contains("field 'of' is missing");
    assertThat(reason("{\"type\":\"launched\",\"of\":7}"))
        .startsWith("expected a command as JSON: ");
    assertThat(reason("{\"type\":\"launched\",\"of\":\"run/a\"}"))
        .contains("attempt 'run/a' is not of the form run/task/number");
    assertThat(reason("{\"type\":\"run-suspend\",\"run\":\"r\"} {}")).contains("railing");
    assertThat(reason("{\"type\":\"run-start\",\"run\":\"r\",\"flow\":\"f@x\",\"priority\":0}"))
        .contains("flow digest 'x' is not a SHA-256 in hexadecimal");
    assertThat(reason("{\"type\":\"deferred\",\"of\":\"r/a/0\",\"retryAfter\":\"PT48H\"}"))
        .contains("field 'retryAfter' is 172800, expected 0 to 86400");
    assertThat(reason("{\"type\":\"failed\",\"of\":\"r/a/0\",\"cause\":{\"kind\":\"bored\"}}"))
        .contains("'bored' is no cause of failure");
    assertThat(reason("{\"type\":\"flow-defined\",\"document\":" + "[".repeat(100_000)))
        .contains("depth");
    assertThat(Json.read(null, Command.class, "a command"))
        .isEqualTo(new Decoded.NotUnderstood<>("expected a command as JSON, found nothing"));
  }

  private static String reason(String text) {
    Decoded<Command> read =
        Json.read(text.getBytes(StandardCharsets.UTF_8), Command.class, "a command");
    assertThat(read).isInstanceOf(Decoded.NotUnderstood.class);
    return ((Decoded.NotUnderstood<Command>) read).reason();
  }

  @Test
  void noBytesAreTooStrangeForTheDecoder() {
    var random = new SplittableRandom(11);
    List<byte[]> samples = Samples.commands().stream().map(Json::write).toList();
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
      for (int j = random.nextInt(6); j >= 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(5) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
      }
      Decoded<Command> read = Json.read(bytes, Command.class, "a command");
      if (read instanceof Decoded.NotUnderstood<Command>(String reason)) {
        assertThat(reason).startsWith("expected a command as JSON").hasSizeLessThan(600);
      }
    }
  }

  @Test
  void textsThatAreNoGoodUnicodeCanBeWrittenAgain() {
    byte[] half =
        "{\"type\":\"run-cancel\",\"run\":\"r\",\"reason\":\"\\ud83d\"}"
            .getBytes(StandardCharsets.UTF_8);
    var read = (Decoded.Understood<Command>) Json.read(half, Command.class, "a command");
    thereAndBack(read.value(), Command.class);
    String cut =
        Cause.of(Cause.Kind.LOST, "x".repeat(Cause.MAX_MESSAGE - 2) + "\ud83d\ude00\ud83d\ude00")
            .message();
    assertThat(cut).hasSizeLessThanOrEqualTo(Cause.MAX_MESSAGE).endsWith("…");
    thereAndBack(
        new Observation.Failed(Samples.ATTEMPT, Cause.of(Cause.Kind.LOST, cut)),
        Observation.Failed.class);
  }

  @Test
  void unknownFieldsOfLaterVersionsAreLeftAlone() {
    String later = "{\"type\":\"run-suspend\",\"run\":\"r\",\"since\":\"later\"}";
    assertThat(Json.read(later.getBytes(StandardCharsets.UTF_8), Command.class, "a command"))
        .isEqualTo(new Decoded.Understood<>(new Command.RunSuspend(RunId.of("r"))));
  }

  @Test
  void decodingGoesOnOnlyWithAValue() {
    Decoded<Integer> one = new Decoded.Understood<>(1);
    assertThat(one.then(i -> new Decoded.Understood<>(i + 1)))
        .isEqualTo(new Decoded.Understood<>(2));
    Decoded<Integer> none = new Decoded.NotUnderstood<>("no");
    assertThat(none.then(i -> new Decoded.Understood<>(i + 1)))
        .isEqualTo(new Decoded.NotUnderstood<>("no"));
  }

  @Test
  void eventsAreCloudEvents() {
    var headers =
        CloudEvents.headers("1", "/millrace", "io.millrace.run.started", "run-1", Samples.TIME);
    assertThat(headers.keySet())
        .containsExactly(
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_time",
            "content-type");
    assertThat(CloudEvents.attributes(headers::get))
        .isEqualTo(
            new Decoded.Understood<>(
                new CloudEvents.Attributes("1", "/millrace", "io.millrace.run.started")));
    assertThat(attributes(Map.of()))
        .isEqualTo(
            "expected a CloudEvent in binary mode with header ce_specversion=1.0, found no such header");
    assertThat(attributes(Map.of("ce_specversion", "0.3")))
        .isEqualTo(
            "expected a CloudEvent in binary mode with header ce_specversion=1.0, found '0.3'");
    assertThat(attributes(Map.of("ce_specversion", "1.0", "ce_id", " ", "ce_type", "t")))
        .isEqualTo("expected a CloudEvent with header ce_id, found none");
    assertThat(attributes(Map.of("ce_specversion", "1.0", "ce_id", "i", "ce_source", "s")))
        .isEqualTo("expected a CloudEvent with header ce_type, found none");
    assertThat(Samples.events().getFirst().type()).isEqualTo("io.millrace.run.started");
    assertThat(Samples.events().getFirst().subject()).isEqualTo("run-1");
    assertThat(Samples.events().getLast().type()).isEqualTo("io.millrace.task.failed");
    assertThat(Samples.events().getLast().subject()).isEqualTo("run-1/fit/0");
  }

  private static String attributes(Map<String, String> headers) {
    Decoded<CloudEvents.Attributes> read =
        CloudEvents.attributes(
            name ->
                headers.get(name) == null
                    ? null
                    : headers.get(name).getBytes(StandardCharsets.UTF_8));
    return ((Decoded.NotUnderstood<CloudEvents.Attributes>) read).reason();
  }
}
