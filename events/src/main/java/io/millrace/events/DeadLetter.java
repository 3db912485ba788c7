package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Why a record was put aside; the record's own key, value and headers are kept as they came, and
 * this travels in the headers of the dead-letters topic.
 *
 * @param topic where the record was
 * @param partition its partition
 * @param offset its offset
 * @param reason what was wrong and what was expected
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetter(String topic, int partition, long offset, String reason) {
  /** The header that says why. */
  public static final String REASON = "millrace-reason";

  /** The header that says from where: {@code topic/partition/offset}. */
  public static final String ORIGIN = "millrace-origin";

  /** The value of {@link #ORIGIN}. */
  public String origin() {
    return topic + "/" + partition + "/" + offset;
  }
}
