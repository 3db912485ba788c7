package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.scheduler.objects.ObjectStore.Condition;
import io.millrace.scheduler.objects.ObjectStore.Written;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What each store does. Each test has keys of its own. */
abstract class ObjectStoreContract {

  abstract ObjectStore store();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatWasWrittenIsRead() {
    ObjectStore store = store();
    assertThat(store.get("read/a")).isEmpty();
    assertThat(store.put("read/a", bytes("1"), Condition.NONE)).isEqualTo(Written.WRITTEN);
    assertThat(store.get("read/a")).hasValue(bytes("1"));
    assertThat(store.put("read/a", bytes("two"), Condition.NONE)).isEqualTo(Written.WRITTEN);
    assertThat(store.get("read/a")).hasValue(bytes("two"));
    assertThat(store.put("read/empty", new byte[0], Condition.NONE)).isEqualTo(Written.WRITTEN);
    assertThat(store.get("read/empty")).hasValue(new byte[0]);
    assertThat(store.get("read")).isEmpty();
  }

  @Test
  void firstConditionalWriteStays() {
    ObjectStore store = store();
    assertThat(store.put("once/a", bytes("1"), Condition.IF_ABSENT)).isEqualTo(Written.WRITTEN);
    assertThat(store.put("once/a", bytes("2"), Condition.IF_ABSENT))
        .isEqualTo(Written.ALREADY_THERE);
    assertThat(store.get("once/a")).hasValue(bytes("1"));
    store.delete("once/a");
    assertThat(store.put("once/a", bytes("3"), Condition.IF_ABSENT)).isEqualTo(Written.WRITTEN);
  }

  @Test
  void ofManyConditionalWritersOneWrites() throws Exception {
    ObjectStore store = store();
    List<Callable<Written>> writers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] content = bytes("writer " + i);
      writers.add(() -> store.put("race/a", content, Condition.IF_ABSENT));
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      var results = new ArrayList<Written>();
      for (Future<Written> result : threads.invokeAll(writers)) {
        results.add(result.get());
      }
      assertThat(results).containsOnlyOnce(Written.WRITTEN);
      int winner = results.indexOf(Written.WRITTEN);
      assertThat(store.get("race/a")).hasValue(bytes("writer " + winner));
    }
  }

  @Test
  void keysAreListedByPrefixInOrder() {
    ObjectStore store = store();
    for (String key :
        List.of("list/b/1", "list/a", "list/b-1", "list/b/10", "list/bä", "other/x")) {
      store.put(key, bytes(key), Condition.NONE);
    }
    assertThat(store.list("list/"))
        .containsExactly("list/a", "list/b-1", "list/b/1", "list/b/10", "list/bä");
    assertThat(store.list("list/b/")).containsExactly("list/b/1", "list/b/10");
    assertThat(store.list("list/b/10")).containsExactly("list/b/10");
    assertThat(store.list("lis")).hasSize(5);
    assertThat(store.list("list/none/")).isEmpty();
    assertThat(store.list("")).contains("other/x");
  }

  @Test
  void moreKeysThanAPageHolds() {
    ObjectStore store = store();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 1100; i++) {
        String key = "many/" + (10_000 + i);
        threads.execute(() -> store.put(key, new byte[0], Condition.NONE));
      }
    }
    assertThat(store.list("many/")).hasSize(1100).isSorted();
  }

  @Test
  void deletedIsGone() {
    ObjectStore store = store();
    store.put("gone/a", bytes("1"), Condition.NONE);
    store.delete("gone/a");
    store.delete("gone/a");
    assertThat(store.get("gone/a")).isEmpty();
    assertThat(store.list("gone/")).isEmpty();
  }

  @Test
  void keysThatAStoreCannotKeepAreRefused() {
    ObjectStore store = store();
    for (String key : List.of("", "/a", "a//b", "a/", "../a", "a/./b", "x".repeat(1025))) {
      assertThatThrownBy(() -> store.put(key, new byte[0], Condition.NONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + key + "'");
    }
  }
}
