package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Metaflow as it is on PyPI, run as its users run it. */
final class MetaflowClient {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final String METAFLOW = "metaflow==2.19.39";
  private static final Path LIBRARIES = HOME.resolve("target/metaflow-libraries");

  private final Path folder;
  private final String service;

  /**
   * @param folder for its datastore and configuration
   * @param service the metadata service's URL
   */
  MetaflowClient(Path folder, String service) throws Exception {
    this.folder = folder;
    this.service = service;
    Files.createDirectories(folder.resolve(".metaflow"));
    Path installed = LIBRARIES.resolve("installed-" + METAFLOW);
    if (!Files.exists(installed)) {
      run("python3", "-m", "pip", "install", "-q", "--target", LIBRARIES.toString(), METAFLOW);
      Files.createFile(installed);
    }
  }

  /** Runs a program of the tests' resources; fails with what it said when it fails. */
  String python(String program, String... arguments) throws Exception {
    Path file = folder.resolve(program);
    try (InputStream text = MetaflowClient.class.getResourceAsStream("metaflow/" + program)) {
      Files.write(file, text.readAllBytes());
    }
    var command = new ArrayList<>(List.of("python3", file.toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private String run(String... command) throws IOException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile()).redirectOutput(said.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("METAFLOW_"));
    builder.environment().put("PYTHONPATH", LIBRARIES.toString());
    builder.environment().put("METAFLOW_HOME", folder.resolve("home").toString());
    builder.environment().put("METAFLOW_USER", "ada");
    builder.environment().put("METAFLOW_DEFAULT_DATASTORE", "local");
    builder.environment().put("METAFLOW_DATASTORE_SYSROOT_LOCAL", folder.toString());
    builder.environment().put("METAFLOW_DEFAULT_METADATA", "service");
    builder.environment().put("METAFLOW_SERVICE_URL", service);
    Process process = builder.start();
    await(process.onExit());
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }
}
