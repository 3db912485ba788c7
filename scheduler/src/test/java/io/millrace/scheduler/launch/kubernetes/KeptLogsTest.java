package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.millrace.scheduler.objects.FolderObjectStore;
import io.millrace.scheduler.objects.ObjectStore.Condition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of an attempt in the object store when its pods are gone. */
class KeptLogsTest {
  private static final AttemptId OF = AttemptId.parse("run-1/fit-3/1");
  private static final String TIME = "2026-01-02T03:04:05.00000000";

  @TempDir private Path folder;
  private FolderObjectStore objects;
  private KeptLogs kept;

  @BeforeEach
  void open() {
    objects = new FolderObjectStore(folder);
    kept = new KeptLogs(objects, "millrace/");
  }

  @AfterEach
  void close() {
    objects.close();
  }

  private static LogSource source(String container, String stream, int member) {
    return new LogSource("flows", "pod", "uid", container, stream, member);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> read(LogPosition from) throws Exception {
    var lines = new ArrayList<String>();
    kept.read(
        OF,
        kept.index(OF).orElseThrow(),
        from,
        line -> lines.add(line.stream() + "." + line.member() + " " + line.text()));
    return lines;
  }

  @Test
  void eachContainerIsReadFromWhereItWasLeft() throws Exception {
    var logs = new LinkedHashMap<LogSource, byte[]>();
    logs.put(source("proxy", "proxy", 0), bytes(TIME + "1Z up\n"));
    logs.put(source("fit", LogLine.STDOUT, 0), bytes(TIME + "2Z one\n" + TIME + "3Z two\n"));
    logs.put(source("fit", LogLine.STDOUT, 1), bytes(TIME + "4Z other\n"));
    assertThat(kept.index(OF)).isEmpty();

    kept.keep(OF, logs);

    assertThat(read(LogPosition.START))
        .containsExactly("proxy.0 up", "stdout.0 one", "stdout.0 two", "stdout.1 other");
    long second = java.time.Instant.parse("2026-01-02T03:04:05Z").getEpochSecond() * 1_000_000_000L;
    assertThat(read(LogPosition.parse("out:%d,+proxy:%d".formatted(second + 2, second + 1))))
        .containsExactly("stdout.0 two", "stdout.1 other");
  }

  @Test
  void whatIsKeptOnceStaysAsItIs() throws Exception {
    kept.keep(OF, Map.of(source("fit", LogLine.STDOUT, 0), bytes(TIME + "2Z whole\n")));
    kept.keep(OF, Map.of(source("fit", LogLine.STDOUT, 0), bytes("")));
    assertThat(read(LogPosition.START)).containsExactly("stdout.0 whole");
    assertThat(kept.attempts(RunId.of("run-1"))).containsExactly(OF);
    assertThat(kept.attempts(RunId.of("run-10"))).isEmpty();
  }

  @Test
  void anOutcomeInTheTasksFolderCountsWhenItIsASuccess() {
    var folders = new TaskFolders(objects, "millrace/data");
    assertThat(folders.find(OF)).isEmpty();
    String key = "millrace/data/run-1/fit/fit-3/outcome.json";
    objects.put(key, bytes("{\"v\":1,\"ok\":false,\"error\":\"x\"}"), Condition.NONE);
    assertThat(folders.find(OF)).isEmpty();
    objects.put(key, bytes("no outcome"), Condition.NONE);
    assertThat(folders.find(OF)).isEmpty();
    objects.put(key, bytes("{\"v\":1,\"ok\":true,\"splits\":3}"), Condition.NONE);
    assertThat(folders.find(OF)).contains(Outcome.splitting(3));
  }
}
