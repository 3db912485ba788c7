package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A flow whose steps write down that they have started, each in a line of one file: what was really
 * started, counted where it happened.
 */
public final class Starts {
  private final Path file;
  private final String section;

  public Starts(Path folder) {
    this(folder, "");
  }

  private Starts(Path folder, String section) {
    this.file = folder.resolve("starts");
    this.section = section;
  }

  /**
   * The same where steps run in pods, which see the folder.
   *
   * @param kind of the objects that steps are launched as
   */
  public static Starts inPods(Path folder, String kind) {
    String patch =
        ", kubernetes: {kind: %1$s, podPatch: {"
            + "volumes: [{name: starts, hostPath: {path: '%2$s'}}], "
            + "containers: [{name: ${step}, volumeMounts: [{name: starts, mountPath: '%2$s'}]}]}}";
    return new Starts(folder, patch.formatted(kind, folder));
  }

  private String section(String step) {
    return section.replace("${step}", step);
  }

  /**
   * A flow of a split, a foreach with a retry in it, and their joins.
   *
   * @param name of the flow
   * @param width of the foreach
   * @param seconds that each branch of the foreach takes
   */
  public String flow(String name, int width, double seconds) {
    return """
    name: %1$s
    parameters:
      width: {type: integer, default: %2$d}
    limits: {maxParallelTasks: 30}
    steps:
      - {name: start, container: {command: [sh, -c, '%4$s']}%5$s, next: [fan, side]}
      - {name: fan, container: {command: [sh, -c, '%4$s']}%6$s, next: {foreach: work, parameter: width}}
      - {name: work,
        container: {command: [sh, -c, '%4$s; sleep %3$s; [ "$MILLRACE_SPLIT_INDEX$MILLRACE_ATTEMPT" != 10 ]']},
        retry: {user: 1, infrastructure: 5, delay: 50ms}%7$s,
        next: gather}
      - {name: gather, join: true, container: {command: [sh, -c, '%4$s']}%8$s, next: meet}
      - {name: side, container: {command: [sh, -c, '%4$s']}%9$s, next: meet}
      - {name: meet, join: true, container: {command: [sh, -c, '%4$s']}%10$s}
    """
        .formatted(
            name,
            width,
            seconds,
            line(),
            section("start"),
            section("fan"),
            section("work"),
            section("gather"),
            section("side"),
            section("meet"));
  }

  private String line() {
    return "echo $MILLRACE_RUN_ID/$MILLRACE_TASK_ID/$MILLRACE_ATTEMPT >> " + file;
  }

  /** How often each attempt of a run was started. */
  Map<String, Long> of(RunId run) throws IOException {
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith(run + "/"))
        .map(line -> line.substring(run.value().length() + 1))
        .collect(Collectors.groupingBy(line -> line, TreeMap::new, Collectors.counting()));
  }

  /** Every attempt that the run needed was started, and each of them once. */
  public void assertEachOnce(RunId run, int width) throws IOException {
    Map<String, Long> starts = of(run);
    assertThat(starts.values()).as("starts of each attempt of %s", starts).containsOnly(1L);
    assertThat(starts.keySet())
        .contains("start/0", "fan/0", "side/0", "gather/0", "meet/0", "work-1/1");
    for (int i = 0; i < width; i++) {
      assertThat(starts).containsKey("work-" + i + "/0");
    }
  }
}
