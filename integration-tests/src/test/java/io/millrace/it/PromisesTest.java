package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages name as tests are tests. */
class PromisesTest {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final Pattern JAVA = Pattern.compile("`([A-Z]\\w+(?:Test|IT))\\.(\\w+)`");
  private static final Pattern PYTHON = Pattern.compile("`(test_\\w+\\.py)::(test_\\w+)`");
  private static final Pattern BY_ITSELF = Pattern.compile("`(test_\\w+)`");

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    String page = Files.readString(HOME.resolve("docs").resolve("promises.md"));
    Map<String, String> sources = tests();

    List<String> missing =
        Stream.concat(
                named(JAVA, page)
                    .filter(
                        of -> !has(sources, of.group(1) + ".java", "void " + of.group(2) + "(")),
                named(PYTHON, page)
                    .filter(of -> !has(sources, of.group(1), "def " + of.group(2) + "(")))
            .map(MatchResult::group)
            .toList();

    assertThat(named(JAVA, page).count()).isGreaterThan(30);
    assertThat(named(PYTHON, page).count()).isGreaterThan(15);
    assertThat(missing).isEmpty();
  }

  @Test
  void soIsEveryTestOfTheExtensionsPage() throws IOException {
    String page = Files.readString(HOME.resolve("clients/metaflow/README.md"));
    String all = String.join("\n", tests().values());

    assertThat(named(BY_ITSELF, page).count()).isGreaterThan(50);
    assertThat(
            named(BY_ITSELF, page)
                .map(of -> of.group(1))
                .filter(name -> !all.contains("def " + name + "(")))
        .isEmpty();
  }

  private static Stream<MatchResult> named(Pattern pattern, String page) {
    return pattern.matcher(page).results();
  }

  private static boolean has(Map<String, String> sources, String file, String text) {
    return sources.getOrDefault(file, "").contains(text);
  }

  /** The sources of all tests, by file name. */
  private static Map<String, String> tests() throws IOException {
    var sources = new HashMap<String, String>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(HOME)) {
      for (Path module : modules) {
        add(sources, module.resolve("src/test/java"));
      }
    }
    add(sources, HOME.resolve("clients/metaflow/tests"));
    return sources;
  }

  private static void add(Map<String, String> sources, Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".java") || name.endsWith(".py")) {
            sources.merge(name, Files.readString(file), String::concat);
          }
        }
      }
    }
  }
}
