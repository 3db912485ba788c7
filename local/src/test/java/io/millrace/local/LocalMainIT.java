package io.millrace.local;

import static io.millrace.local.PackagedLocal.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalMainIT {
  @TempDir Path folder;

  private final List<ChildJvm> started = new ArrayList<>();
  private Path data;
  private Path scheduler;

  @BeforeEach
  void packStubScheduler() throws IOException {
    data = folder.resolve("data");
    scheduler = folder.resolve("stub.jar");
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StubScheduler.class.getName());
    String entry = StubScheduler.class.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(scheduler), manifest);
        InputStream bytes = StubScheduler.class.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      bytes.transferTo(jar);
    }
  }

  @AfterEach
  void endWhatIsLeft() {
    // A killed local mode leaves its scheduler behind, as a crash would.
    started.stream()
        .flatMap(c -> Stream.concat(c.handle().descendants(), Stream.of(c.handle())))
        .forEach(ProcessHandle::destroyForcibly);
    started.forEach(ChildJvm::kill);
  }

  @Test
  void startsAllOnOneFolderAndStopsWithoutOrphans() {
    var said = new Said();
    ChildJvm local = start(said, "--partitions", "3", "-D", "a.setting=x=y");

    ReadyLine ready = await(local.ready());
    ProcessHandle stub = said.stub(1);
    assertThat(ready.addresses()).containsOnlyKeys("http", "broker", "s3");
    await(said.line("Millrace is ready"));
    assertThat(said.all())
        .contains("kafka.bootstrap.servers=" + ready.address("broker"))
        .contains("millrace.data=" + data.resolve("executor"))
        .contains("millrace.partitions=3")
        .contains("a.setting=x=y");

    assertThat(local.stop(Duration.ofSeconds(40))).isZero();

    assertThat(stub.isAlive()).isFalse();
    assertThat(data.resolve("scheduler.pid")).doesNotExist();
  }

  @Test
  void aSchedulerThatDiesIsStartedAgainOnTheSameAddress() {
    var said = new Said();
    ChildJvm local = start(said);
    await(local.ready());

    said.stub(1).destroyForcibly();

    await(said.line("The scheduler is back on " + await(local.ready()).address("http")));
    assertThat(said.stub(2).isAlive()).isTrue();
    assertThat(local.stop(Duration.ofSeconds(40))).isZero();
  }

  @Test
  void aSchedulerThatKeepsDyingIsGivenUp() {
    var said = new Said();
    ChildJvm local = start(said, "-D", "stub.dies=true");

    assertThat(await(local.exited())).isEqualTo(1);
    await(said.line("ended 5 times within a minute, the last time with exit code 3"));
  }

  @Test
  void theSchedulerOfAKilledLocalModeIsEndedByTheNext() {
    var said = new Said();
    ChildJvm killed = start(said);
    ReadyLine before = await(killed.ready());
    ProcessHandle orphan = said.stub(1);
    killed.kill();
    assertThat(orphan.isAlive()).isTrue();

    var next = new Said();
    ReadyLine after = await(start(next).ready());

    assertThat(orphan.isAlive()).isFalse();
    assertThat(after).isEqualTo(before);
    await(next.line("process " + orphan.pid()));
  }

  private ChildJvm start(Said said, String... more) {
    ChildJvm local =
        ChildJvm.jar(PackagedLocal.JAR)
            .jvmOptions("-Xmx512m", "-XX:+UseSerialGC")
            .arguments("--data", data.toString(), "--api-port", "0")
            .arguments("--scheduler-jar", scheduler.toString())
            .arguments(more)
            .errorsAreOutput()
            .output(said)
            .start();
    started.add(local);
    return local;
  }
}
