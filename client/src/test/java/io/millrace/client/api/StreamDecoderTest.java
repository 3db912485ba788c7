package io.millrace.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {

  private static List<StreamMessage> decode(String text, int pieces) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var decoder = new StreamDecoder("");
    var messages = new ArrayList<StreamMessage>();
    for (int from = 0; from < bytes.length; from += pieces) {
      int length = Math.min(pieces, bytes.length - from);
      messages.addAll(decoder.feed(List.of(ByteBuffer.wrap(bytes, from, length))));
    }
    return messages;
  }

  @Test
  void readsMessagesHoweverTheBytesAreCut() {
    String text =
        "id: 0-1\nevent: a\ndata: {\"é\":\ndata: 1}\n\n: keep-alive\n\nid:0-2\ndata:x\n\n";
    for (int pieces = 1; pieces <= text.length(); pieces++) {
      assertThat(decode(text, pieces))
          .containsExactly(
              new StreamMessage("0-1", "a", "{\"é\":\n1}"),
              new StreamMessage("0-2", "message", "x"));
    }
  }

  @Test
  void takesEveryKindOfLineEnd() {
    assertThat(decode("data: a\r\n\r\ndata: b\r\rdata: c\n\n", 1))
        .extracting(StreamMessage::data)
        .containsExactly("a", "b", "c");
  }

  @Test
  void keepsThePlaceWhenAMessageNamesNone() {
    assertThat(decode("id: 7\ndata: a\n\ndata: b\n\n", 100))
        .extracting(StreamMessage::id)
        .containsExactly("7", "7");
  }

  @Test
  void dropsWhatTheEndCutsOff() {
    assertThat(decode("data: a\n\ndata: b\n", 100)).hasSize(1);
  }
}
