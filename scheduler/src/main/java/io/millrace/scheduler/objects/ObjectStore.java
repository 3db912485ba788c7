package io.millrace.scheduler.objects;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps bytes under keys. All calls block: call them where that is allowed. They fail with {@link
 * ObjectStoreException}, which says what to do.
 *
 * <p>A key is made of segments with {@code /} between them. No key may be another one and more
 * segments: a folder cannot keep both.
 */
public interface ObjectStore extends AutoCloseable {

  /** When a write is to take place. */
  enum Condition {
    /** Always; what was there is gone. */
    NONE,
    /** Only where there is nothing. Of several writers one writes. */
    IF_ABSENT
  }

  /** What came of a write. */
  enum Written {
    /** It is there, and lasts. */
    WRITTEN,
    /**
     * Something was there already, which is as it was. That may be this very write, when the answer
     * to it was lost on the way and it was sent again: a writer that has to know whether it was the
     * one writes what only it would write, and reads it again.
     */
    ALREADY_THERE
  }

  /** Writes an object whole; nobody ever reads a part of it. */
  Written put(String key, byte[] content, Condition condition);

  /** An object's bytes; empty when there is none of that key. */
  Optional<byte[]> get(String key);

  /**
   * The keys that begin with a text, in the order of their bytes.
   *
   * @param prefix any beginning, also in the middle of a segment; empty for all
   * @return may ask the store for more while it is read
   */
  Stream<String> list(String prefix);

  /** Removes an object; without effect when there is none. */
  void delete(String key);

  /**
   * Where other programs find what is kept here, as a URI without a slash at its end; empty for a
   * folder of this machine.
   */
  Optional<String> address();

  @Override
  void close();
}
