package io.millrace.scheduler.objects;

import java.net.URI;
import java.util.Optional;

/**
 * Where a bucket is and how to reach it.
 *
 * @param bucket has to exist
 * @param region empty for what the AWS SDK finds in its surroundings, or {@code us-east-1} with an
 *     endpoint
 * @param endpoint of a store other than AWS's
 * @param pathStyle whether the bucket stands in the path instead of in the host name, as most
 *     stores other than AWS's want it
 * @param credentials empty for what the AWS SDK finds in its surroundings
 */
public record S3Settings(
    String bucket,
    Optional<String> region,
    Optional<URI> endpoint,
    boolean pathStyle,
    Optional<Credentials> credentials) {

  public S3Settings {
    if (bucket == null || bucket.isBlank()) {
      throw new IllegalArgumentException("the S3 object store needs the name of a bucket");
    }
  }

  /** A key pair. Not printed. */
  public record Credentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return "Credentials[" + accessKey + "]";
    }
  }
}
