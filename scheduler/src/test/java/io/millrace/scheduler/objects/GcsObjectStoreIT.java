package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.StorageOptions;
import io.millrace.scheduler.objects.ObjectStore.Condition;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against fake-gcs-server. */
class GcsObjectStoreIT extends ObjectStoreContract {
  private static Emulator gcs;

  @BeforeAll
  static void start() throws Exception {
    gcs = Emulator.fakeGcs();
    try (var storage =
        StorageOptions.http()
            .setHost(gcs.address())
            .setProjectId("test")
            .setCredentials(NoCredentials.getInstance())
            .build()
            .getService()) {
      storage.create(BucketInfo.of("millrace"));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (gcs != null) {
      gcs.close();
    }
  }

  private static ObjectStore store(String bucket) {
    return new GcsObjectStore(
        new GcsSettings(bucket, Optional.of(URI.create(gcs.address())), true));
  }

  @Override
  ObjectStore store() {
    return store("millrace");
  }

  @Test
  void errorsNameBucketAndKeyAndSayWhatToDo() {
    assertThatThrownBy(() -> store("nowhere").get("a/b"))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'nowhere'", "create the bucket");
    assertThatThrownBy(() -> store("nowhere").put("a/b", new byte[0], Condition.NONE))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'nowhere'", "create the bucket");
  }

  @Test
  void othersFindItByItsBucket() {
    assertThat(store().address()).contains("gs://millrace");
  }

  @Test
  void absentObjectOfABucketThatWasNotYetUsedIsAbsent() {
    assertThat(store().get("never/written")).isEmpty();
  }
}
