package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.scheduler.objects.ObjectStore.Condition;
import io.millrace.scheduler.objects.S3Settings.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the embedded S3 of the packaged local program, in a process of its own. */
class S3ObjectStoreIT extends ObjectStoreContract {
  private static final Pattern ENDPOINT = Pattern.compile(".*\\bs3=(\\S+).*");

  @TempDir static Path folder;
  private static Process parts;
  private static URI endpoint;

  @BeforeAll
  static void start() throws Exception {
    Path jar = Path.of(System.getProperty("millrace.home"), "local/target/millrace-local.jar");
    parts =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                jar.toString(),
                "io.millrace.local.PartsMain",
                "--data",
                folder.toString(),
                "--with-parent")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    endpoint = endpoint(parts);
  }

  private static URI endpoint(Process parts) throws IOException {
    var lines = parts.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher ready = ENDPOINT.matcher(line);
      if (ready.matches()) {
        return URI.create(ready.group(1));
      }
    }
    throw new IOException("the embedded S3 ended without saying where it is");
  }

  @AfterAll
  static void stop() throws Exception {
    if (parts != null) {
      parts.destroyForcibly().onExit().get();
    }
  }

  private static ObjectStore store(String bucket, String secret) {
    return new S3ObjectStore(
        new S3Settings(
            bucket,
            Optional.empty(),
            Optional.of(endpoint),
            true,
            Optional.of(new Credentials("millrace", secret))));
  }

  @Override
  ObjectStore store() {
    return store("millrace", "millrace-local");
  }

  @Test
  void errorsNameBucketAndKeyAndSayWhatToDo() {
    assertThatThrownBy(() -> store("nowhere", "millrace-local").get("a/b"))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'nowhere'", "create the bucket");
    assertThatThrownBy(() -> store("millrace", "wrong").put("a/b", new byte[0], Condition.NONE))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'millrace'", "check the credentials");
  }

  @Test
  void credentialsAreNotPrinted() {
    assertThat(new Credentials("key", "secret").toString()).doesNotContain("secret");
  }
}
