package io.millrace.events.flow;

/** Flow documents for tests elsewhere. */
public final class FlowSamples {
  /** A flow with everything in it. */
  public static final String FULL = FlowDocumentReaderTest.FULL;

  private FlowSamples() {}
}
