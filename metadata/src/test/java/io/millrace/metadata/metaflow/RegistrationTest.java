package io.millrace.metadata.metaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.metadata.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void isReadAsMetaflowSendsIt() {
    Registration read =
        Registration.read(
            bytes(
                """
                {"run_number": "r-1", "step_name": "start", "user_name": "ada", "ts_epoch": 1,
                 "task_id": "start-0", "tags": ["b", "a", "b"], "system_tags": null}"""),
            "task_id");

    assertThat(read.id()).isEqualTo("start-0");
    assertThat(read.user()).isEqualTo("ada");
    assertThat(read.tags()).containsExactlyInAnyOrder("a", "b");
    assertThat(read.systemTags()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"task_id\": \"12\"} | task_id '12' is a number",
        "{\"task_id\": 12} | task_id '12' is a number",
        "{\"task_id\": \"\"} | task_id has 0 characters",
        "{\"tags\": {}} | tags: expected an array of texts, found a JSON object",
        "{\"tags\": [1]} | tags: expected an array of texts, found in it a JSON number",
        "[] | expected a JSON object, found a JSON array",
        "{ | expected a body as JSON",
        "'' | expected a body as JSON, found nothing",
      })
  void whatIsWrongIsSaid(String body, String reason) {
    assertThatThrownBy(() -> Registration.read(bytes(body), "task_id"))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.status()).isEqualTo(400))
        .hasMessageContaining(reason);
  }
}
