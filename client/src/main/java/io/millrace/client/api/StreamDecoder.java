package io.millrace.client.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the bytes of one {@code text/event-stream}, however they are cut, into its messages, by the
 * rules of the HTML standard's section on server-sent events. Comments, which only keep the
 * connection alive, give nothing; a message that its stream's end cuts off is dropped, as the
 * standard says: it comes again after the reconnect.
 */
final class StreamDecoder {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private boolean hasData;
  private String event = "";
  private String id;
  private String place;
  private boolean afterReturn;
  private boolean heard;

  /**
   * @param id the place after which the stream was asked to start; empty for its beginning
   */
  StreamDecoder(String id) {
    this.id = id;
    this.place = id;
  }

  /** Where to resume, after all that is complete: also a message without data can name a place. */
  String place() {
    return place;
  }

  /** The messages that these bytes complete. */
  List<StreamMessage> feed(List<ByteBuffer> chunks) {
    var messages = new ArrayList<StreamMessage>();
    for (ByteBuffer chunk : chunks) {
      while (chunk.hasRemaining()) {
        next(chunk.get(), messages);
      }
    }
    return messages;
  }

  /**
   * Whether a whole message or comment has come. Less than that does not show that the server is
   * well: it may have been cut off in its first words, again and again.
   */
  boolean hasHeard() {
    return heard;
  }

  private void next(byte b, List<StreamMessage> messages) {
    boolean secondHalfOfEnd = afterReturn && b == '\n';
    afterReturn = b == '\r';
    if (secondHalfOfEnd) {
      return;
    }
    if (b != '\n' && b != '\r') {
      line.write(b);
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (text.isEmpty()) {
      dispatch(messages);
    } else {
      field(text);
    }
  }

  private void field(String text) {
    int colon = text.indexOf(':');
    heard = heard || colon == 0;
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (name) {
      case "data" -> {
        data.append(hasData ? "\n" : "").append(value);
        hasData = true;
      }
      case "event" -> event = value;
      case "id" -> id = value;
      default -> {
        // A comment, or a field that the standard has clients ignore.
      }
    }
  }

  private void dispatch(List<StreamMessage> messages) {
    place = id;
    if (hasData) {
      heard = true;
      messages.add(new StreamMessage(id, event.isEmpty() ? "message" : event, data.toString()));
    }
    data.setLength(0);
    hasData = false;
    event = "";
  }
}
