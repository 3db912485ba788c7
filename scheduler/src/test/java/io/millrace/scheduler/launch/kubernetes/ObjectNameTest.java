package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.watcher.Identity;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** One attempt, one name; and every name can be one. */
class ObjectNameTest {

  private static String name(String installation, String attempt) {
    return ObjectName.of(new Identity(installation, AttemptId.parse(attempt)));
  }

  @Test
  void theSameAttemptAlwaysHasTheSameName() {
    assertThat(name("millrace", "run-1/word_count-3-0.2/1"))
        .isEqualTo(name("millrace", "run-1/word_count-3-0.2/1"))
        .matches("run-1-word-count-[0-9a-f]{16}");
  }

  @Test
  void installationRunTaskAndAttemptTellNamesApart() {
    var names = new HashSet<String>();
    for (String installation : new String[] {"blue", "green"}) {
      for (String attempt : new String[] {"r/a/0", "r/a/1", "r/a-0/0", "r/a.1/0", "s/a/0"}) {
        names.add(name(installation, attempt));
      }
    }
    assertThat(names).hasSize(10);
  }

  @Test
  void everyNameFitsWithTheSuffixesOfAJobSet() {
    for (String attempt :
        new String[] {
          "r" + "x".repeat(62) + "/" + "S".repeat(128) + "-7/12", "a/_/0", "a/__x__/0", "r/A_b/0"
        }) {
      assertThat(name("millrace", attempt) + "-worker-99999-0-12345")
          .matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    }
  }

  @Test
  void labelsOfAnyTextAreValid() {
    assertThat(Labels.value("fit-3")).isEqualTo("fit-3");
    for (String text : new String[] {"_start", "x".repeat(200), "flow.", "__"}) {
      assertThat(Labels.value(text)).matches("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    }
    assertThat(Labels.value("x".repeat(64))).isNotEqualTo(Labels.value("x".repeat(65)));
  }
}
