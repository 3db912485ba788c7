package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first flow, line by line as it stands there, on a local mode of its own. */
class FirstFlowIT {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));

  @TempDir Path folder;
  private ChildJvm local;
  private String api;

  @BeforeEach
  void start() {
    local =
        ChildJvm.jar(HOME.resolve("local/target/millrace-local.jar"))
            .jvmOptions("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .arguments("--data", folder.resolve("data").toString(), "--api-port", "0")
            .output(line -> {})
            .start();
    api = await(local.ready()).address("http");
  }

  @AfterEach
  void kill() {
    local.handle().descendants().forEach(ProcessHandle::destroyForcibly);
    local.kill();
  }

  @Test
  void theCommandsOfTheReadmeDoWhatItSays() throws Exception {
    List<String> commands =
        Files.readAllLines(HOME.resolve("README.md")).stream()
            .filter(line -> line.startsWith("./millrace "))
            .toList();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(3);

    for (String command : commands) {
      String said = run(command);
      if (command.contains("--follow")) {
        assertThat(said).contains("succeeded", "most_frequent");
      }
    }
  }

  @Test
  void theDocumentOfTheReadmeIsAFlow() throws Exception {
    String readme = Files.readString(HOME.resolve("README.md"));
    int from = readme.indexOf("```yaml\n") + 8;
    Path flow = folder.resolve("hello.yaml");
    Files.writeString(flow, readme.substring(from, readme.indexOf("```", from)));

    run("./millrace validate " + flow);
    run("./millrace deploy " + flow);
    assertThat(run("./millrace run hello --run first --follow")).contains("succeeded");
    assertThat(run("./millrace logs first greet"))
        .contains("Hello Ada", "Hello Grace", "Hello Edsger");
    assertThat(run("./millrace logs first done")).contains("greeted: greet-[0..2]");
  }

  @Test
  void ctrlCLeavesNothingBehindAndTheRunGoesOnAtTheNextStart() throws Exception {
    Path flow = folder.resolve("slow.yaml");
    Files.writeString(
        flow,
        """
        name: slow
        steps:
          - name: start
            container: {command: [sh, -c, 'echo begun; sleep $((100 - 100 * MILLRACE_ATTEMPT))']}
        """);
    run("./millrace deploy " + flow);
    run("./millrace run slow --run slow");
    String logs = api + "/api/v1/runs/slow/tasks/start/attempts/0/logs?follow=true";
    try (var following = new LineStream(logs)) {
      assertThat(following.awaitData("begun")).isTrue();
    }
    List<ProcessHandle> all = local.handle().descendants().toList();
    assertThat(all).hasSizeGreaterThan(1);

    assertThat(local.stop(Duration.ofSeconds(60))).isZero();

    all.forEach(process -> await(process.onExit()));
    start();
    assertThat(run("./millrace status slow --follow --exit-code")).contains("succeeded");
  }

  private String run(String command) throws IOException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    var builder =
        new ProcessBuilder("sh", "-c", command)
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("MILLRACE_API", api);
    builder.environment().put("PWD", HOME.toString());
    Process process = builder.start();
    await(process.onExit());
    assertThat(process.exitValue()).as("%s\n%s", command, Files.readString(said)).isZero();
    return Files.readString(said);
  }
}
