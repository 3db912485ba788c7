package io.millrace.scheduler.objects;

import java.net.URI;
import java.util.Optional;

/**
 * Where a container of Azure Blob Storage is and how to get in.
 *
 * @param container has to exist
 * @param endpoint of the account, {@code https://<account>.blob.core.windows.net}; empty where a
 *     connection string says it
 * @param secret empty for what Azure's default chain finds in its surroundings: a workload
 *     identity, a managed identity, the variables of a service principal, a login of the command
 *     line
 */
public record AzureSettings(String container, Optional<URI> endpoint, Optional<Secret> secret) {

  public AzureSettings {
    if (container == null || container.isBlank()) {
      throw new IllegalArgumentException("the Azure object store needs the name of a container");
    }
  }

  /** What opens the account. Not printed. */
  public sealed interface Secret {
    /** Says endpoint and key in one. */
    record ConnectionString(String text) implements Secret {
      @Override
      public String toString() {
        return "ConnectionString";
      }
    }

    /** The key of an account. */
    record AccountKey(String account, String key) implements Secret {
      @Override
      public String toString() {
        return "AccountKey[" + account + "]";
      }
    }

    /** A shared access signature. */
    record SasToken(String token) implements Secret {
      @Override
      public String toString() {
        return "SasToken";
      }
    }
  }
}
