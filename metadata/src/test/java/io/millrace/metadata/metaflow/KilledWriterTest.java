package io.millrace.metadata.metaflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.metadata.database.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database in a file, of a process that is killed in the middle of its writes. */
class KilledWriterTest {
  private static final int KILLS = 3;
  private static final int ENOUGH = 200;

  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedIsThere() throws Exception {
    var acknowledged = new ArrayList<String>();
    for (int round = 0; round < KILLS; round++) {
      acknowledged.addAll(writeAndKill(round));

      try (Database database = Database.open(Database.Place.inFolder(folder, 4))) {
        List<TaskObject> there =
            new Tasks(database, Clock.systemUTC(), Duration.ofMinutes(1)).tasks("F", "r", "s");
        assertThat(there).extracting(TaskObject::taskId).containsAll(acknowledged);
      }
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS * ENOUGH);
  }

  private List<String> writeAndKill(int round) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                "t" + round)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var acknowledged = new ArrayList<String>();
    try (var lines = writer.inputReader()) {
      String line = lines.readLine();
      while (line != null && acknowledged.size() < ENOUGH) {
        acknowledged.add(line);
        line = lines.readLine();
      }
      writer.toHandle().destroyForcibly();
      // What it said before it died counts as well; its last line may be half of one.
      for (String next = lines.readLine(); next != null; next = lines.readLine()) {
        acknowledged.add(line);
        line = next;
      }
    }
    assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return acknowledged;
  }

  /** Writes tasks by four threads, and prints each that is written. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      Database database = Database.open(Database.Place.inFolder(Path.of(arguments[0]), 4));
      var none = new Registration(null, null, List.of(), List.of());
      var runs = new Runs(database, Clock.systemUTC(), Duration.ofMinutes(1));
      var tasks = new Tasks(database, Clock.systemUTC(), Duration.ofMinutes(1));
      if (runs.flows().isEmpty()) {
        runs.createFlow("F", none);
        runs.createRun("F", new Registration("r", null, List.of(), List.of()));
        tasks.createStep("F", "r", "s", none);
      }
      for (int thread = 0; thread < 4; thread++) {
        String name = arguments[1] + "-" + thread + "-";
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int n = 0; ; n++) {
                    tasks.createTask(
                        "F", "r", "s", new Registration(name + n, null, List.of(), List.of()));
                    System.out.println(name + n);
                  }
                });
      }
    }
  }
}
