package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/**
 * Where an attempt's object is.
 *
 * @param namespace its namespace
 * @param name its name
 */
record ObjectKey(String namespace, String name) {

  /** The attempt's object that an object is, or was brought about by. */
  static Optional<ObjectKey> of(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    String name = labels == null ? null : labels.get(Marks.OBJECT);
    return name == null
        ? Optional.empty()
        : Optional.of(new ObjectKey(object.getMetadata().getNamespace(), name));
  }

  /** Whether an object is the attempt's own, and not one that it brought about. */
  boolean is(HasMetadata object) {
    return object.getMetadata().getName().equals(name);
  }

  String text() {
    return namespace + "/" + name;
  }
}
