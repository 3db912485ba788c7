package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Python program, as it stands there: a Kafka client and nothing of Millrace. */
class PythonClientIT {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final String MARK = "<!-- run by PythonClientIT -->\n```python\n";
  private static final String CLIENT = "kafka-python==3.0.12";

  @TempDir Path folder;
  private Installation installation;

  @BeforeEach
  void install() {
    installation = new Installation(folder);
    installation.start("one");
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  @Test
  void asksForARunAndFollowsItToItsEnd() throws Exception {
    installation.post("one", "/api/v1/flows", new Starts(folder).flow("python", 3, 0));
    Path program = folder.resolve("program.py");
    Files.writeString(program, fromTheReadme());
    Path libraries = HOME.resolve("target/python-libraries");
    if (!Files.isDirectory(libraries.resolve("kafka"))) {
      run("python3", "-m", "pip", "install", "-q", "--target", libraries.toString(), CLIENT);
    }

    String said =
        run(
            "env",
            "PYTHONPATH=" + libraries,
            "python3",
            program.toString(),
            installation.brokers(),
            "python",
            "{\"width\": 4}");

    assertThat(said.lines())
        .contains("run.started  ", "task.ordered work-3 ", "task.succeeded meet ")
        .last()
        .asString()
        .startsWith("run.succeeded");
  }

  private static String fromTheReadme() throws Exception {
    String readme = Files.readString(HOME.resolve("README.md"));
    int from = readme.indexOf(MARK) + MARK.length();
    assertThat(from).as("the README has a Python block below %s", MARK).isGreaterThan(100);
    return readme.substring(from, readme.indexOf("```", from));
  }

  private String run(String... command) throws Exception {
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    await(process.onExit());
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }
}
