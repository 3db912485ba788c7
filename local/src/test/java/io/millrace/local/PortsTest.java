package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
  @TempDir Path folder;

  @Test
  void aChosenPortIsRemembered() {
    int first = new Ports(folder).claim("broker", 0, "--broker-port");

    assertThat(first).isBetween(20_000, 29_999);
    assertThat(new Ports(folder).claim("broker", 0, "--broker-port")).isEqualTo(first);
  }

  @Test
  void noPortIsGivenOutTwiceBeforeAnybodyListens() {
    assertThat(IntStream.range(0, 1000).map(i -> Ports.free()).boxed()).doesNotHaveDuplicates();
  }

  @Test
  void aWishHoldsForOneStart() {
    int chosen = new Ports(folder).claim("broker", 0, "--broker-port");
    int wish = Ports.free();

    assertThat(new Ports(folder).claim("broker", wish, "--broker-port")).isEqualTo(wish);
    assertThat(new Ports(folder).claim("broker", 0, "--broker-port")).isEqualTo(chosen);
  }

  @Test
  void aTakenPortIsNamedWithTheOptionThatMovesIt() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(
              () -> new Ports(folder).claim("broker", taken.getLocalPort(), "--broker-port"))
          .isInstanceOf(LocalModeException.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("--broker-port");
    }
  }
}
