package io.millrace.it;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The container images of the packaged program, on the cluster under test.
 *
 * <p>How an image gets there is the cluster's own: the shell command in {@code MILLRACE_IMAGE_LOAD}
 * loads the archive {@code $ARCHIVE} (or the files in {@code $ROOTFS}) as {@code $NAME}.
 */
final class Images {
  private static final List<String> NAMES = List.of("millrace", "millrace-parts");

  private Images() {}

  static void buildAndLoad(Path home) throws Exception {
    String load = System.getenv("MILLRACE_IMAGE_LOAD");
    if (load == null || load.isBlank()) {
      throw new IllegalStateException(
          "Set MILLRACE_IMAGE_LOAD to a shell command that loads $ARCHIVE into the cluster of"
              + " KUBECONFIG, such as 'kind load image-archive \"$ARCHIVE\"' or 'minikube image load"
              + " \"$ARCHIVE\"'; see k8s/README.md.");
    }
    Program.run(Map.of(), home.resolve("bin/image").toString(), "--built");
    for (String name : NAMES) {
      Path files = home.resolve("target/image").resolve(name);
      var variables = new HashMap<String, String>();
      variables.put("NAME", name + ":dev");
      variables.put("ROOTFS", files.toString());
      variables.put("ARCHIVE", files + ".tar");
      Program.run(variables, "bash", "-c", load);
    }
  }
}
