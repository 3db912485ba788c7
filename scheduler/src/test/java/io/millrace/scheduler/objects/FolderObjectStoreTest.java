package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.scheduler.objects.ObjectStore.Condition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderObjectStoreTest extends ObjectStoreContract {
  @TempDir Path folder;

  @Override
  ObjectStore store() {
    return new FolderObjectStore(folder.resolve("objects"));
  }

  @Test
  void objectsAreFilesAndNothingElseIsLeft() {
    store().put("runs/r1.json", new byte[] {'x'}, Condition.NONE);
    store().put("runs/r1.json", new byte[] {'y'}, Condition.IF_ABSENT);
    assertThat(folder.resolve("objects/runs/r1.json")).hasContent("x");
    assertThat(folder.resolve("objects/.tmp")).isEmptyDirectory();
  }

  @Test
  void errorsNameFolderAndKey() {
    store().put("a", new byte[0], Condition.NONE);
    assertThatThrownBy(() -> store().put("a/b", new byte[0], Condition.NONE))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContaining("'a/b'")
        .hasMessageContaining(folder.toString());
    assertThatThrownBy(() -> store().get(".tmp/x")).hasMessageContaining("unfinished");
  }
}
