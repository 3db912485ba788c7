package io.millrace.metadata.refusal;

/** A request that cannot be answered as asked, with the HTTP status that clients go by. */
public final class Refusal extends RuntimeException {
  private final int status;

  /**
   * @param message what was found, what was expected, what to do
   */
  public Refusal(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }

  public static Refusal malformed(String message) {
    return new Refusal(400, message);
  }

  public static Refusal notFound(String what) {
    return new Refusal(404, what + " is not registered");
  }

  /** Metaflow's client then reads what is there. */
  public static Refusal exists(String what) {
    return new Refusal(409, what + " is registered already");
  }
}
