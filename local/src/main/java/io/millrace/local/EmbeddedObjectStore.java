package io.millrace.local;

import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 endpoint over a folder: objects are files that a person can look at, and conditional writes
 * hold.
 *
 * <p>Access is signed with fixed credentials. They keep out a stray browser page, not a user of
 * this machine who reads this line.
 */
public final class EmbeddedObjectStore implements AutoCloseable {
  public static final String BUCKET = "millrace";
  public static final String REGION = "us-east-1";
  public static final String ACCESS_KEY = "millrace";
  public static final String SECRET_KEY = "millrace-local";

  private final S3Proxy server;
  private final URI endpoint;

  private EmbeddedObjectStore(S3Proxy server, URI endpoint) {
    this.server = server;
    this.endpoint = endpoint;
  }

  /**
   * Starts on the folder, creates {@link #BUCKET} if it is not there; returns when clients may
   * connect.
   */
  static EmbeddedObjectStore start(Path folder, Reach reach, int port) {
    var endpoint = URI.create("http://" + reach.host() + ":" + port);
    var listening = URI.create("http://" + reach.bind() + ":" + port);
    var store = new FilesystemNio2BlobStore(folder.toString());
    if (!store.containerExists(BUCKET)) {
      store.createContainer(BUCKET);
    }
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(listening)
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .ignoreUnknownHeaders(true)
            .build();
    try {
      server.start();
    } catch (Exception e) {
      throw new LocalModeException("The object store cannot listen on " + listening + ": " + e, e);
    }
    return new EmbeddedObjectStore(server, endpoint);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new LocalModeException("The object store on " + endpoint + " did not stop: " + e, e);
    }
  }
}
