package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReadyLineTest {
  @Test
  void isReadAsItIsPrinted() {
    String line = "READY broker=127.0.0.1:20123 s3=http://127.0.0.1:20124";

    ReadyLine ready = ReadyLine.parse(line).orElseThrow();

    assertThat(ready.address("broker")).isEqualTo("127.0.0.1:20123");
    assertThat(ready.address("s3")).isEqualTo("http://127.0.0.1:20124");
    assertThat(ready).hasToString(line);
  }

  @Test
  void otherLinesAreNotIt() {
    assertThat(ReadyLine.parse("ALREADY here=1")).isEmpty();
    assertThat(ReadyLine.parse("")).isEmpty();
  }

  @Test
  void aMissingAddressIsNamed() {
    ReadyLine ready = ReadyLine.parse("READY broker=127.0.0.1:1").orElseThrow();

    assertThatThrownBy(() -> ready.address("http"))
        .hasMessageContaining("http=")
        .hasMessageContaining("broker=");
  }
}
