package io.millrace.core.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.millrace.events.flow.Triggers.Times;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The times that cron expressions name on the clocks of a zone. Of a day of the month and a day of
 * the week that are both given, either is enough, as cron has it; {@code ?} is the same as {@code
 * *}. Where clocks are put forward, what names an hour that is left out is met at the moment of the
 * change, so that a day's run is not lost. Where they are put back, one minute of one hour is met
 * once, and what is repeated within the hour goes on through both.
 */
public final class Clockwork {
  private static final CronDefinition FIVE = definition(false);
  private static final CronDefinition SIX = definition(true);
  private static final int LONGEST = 255;

  private final List<Expression> expressions;
  private final ZoneId zone;

  /**
   * One expression.
   *
   * @param namesHours whether only certain hours meet it
   */
  private record Expression(ExecutionTime times, boolean namesHours) {}

  private Clockwork(List<Expression> expressions, ZoneId zone) {
    this.expressions = expressions;
    this.zone = zone;
  }

  private static CronDefinition definition(boolean seconds) {
    CronDefinitionBuilder builder = CronDefinitionBuilder.defineCron();
    if (seconds) {
      builder = builder.withSeconds().withStrictRange().and();
    }
    return builder
        .withMinutes()
        .withStrictRange()
        .and()
        .withHours()
        .withStrictRange()
        .and()
        .withDayOfMonth()
        .supportsL()
        .supportsW()
        .supportsLW()
        .withStrictRange()
        .and()
        .withMonth()
        .withStrictRange()
        .and()
        .withDayOfWeek()
        .withValidRange(0, 7)
        .withMondayDoWValue(1)
        .withIntMapping(7, 0)
        .supportsL()
        .supportsHash()
        .withStrictRange()
        .and()
        .instance();
  }

  /**
   * Reads expressions.
   *
   * @throws IllegalArgumentException that says which of them or of the zone is wrong, and how
   */
  public static Clockwork of(Times times) {
    ZoneId zone = zone(times.timezone());
    var all = new ArrayList<Expression>();
    for (String cron : times.cron()) {
      all.add(read(cron));
    }
    return new Clockwork(all, zone);
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException(
          "time zone '%s' is not known; expected a name of the IANA's, such as Europe/Berlin"
              .formatted(name),
          unknown);
    }
  }

  private static Expression read(String text) {
    String[] fields = text.strip().split("\\s+");
    if (text.length() > LONGEST || fields.length < 5 || fields.length > 6) {
      throw new IllegalArgumentException(
          "cron expression '%s' has %d fields; expected five (minute, hour, day of the month, month, day of the week), or six with the second before them"
              .formatted(text, text.isBlank() ? 0 : fields.length));
    }
    int hours = fields.length - 4;
    for (int days : List.of(hours + 1, hours + 3)) {
      fields[days] = fields[days].equals("?") ? "*" : fields[days];
    }
    try {
      Cron cron =
          new CronParser(fields.length == 6 ? SIX : FIVE)
              .parse(String.join(" ", fields))
              .validate();
      return new Expression(ExecutionTime.forCron(cron), !fields[hours].startsWith("*"));
    } catch (RuntimeException wrong) {
      throw new IllegalArgumentException(
          "cron expression '%s' cannot be read: %s".formatted(text, wrong.getMessage()), wrong);
    }
  }

  /** The first time after another; empty when there is none. */
  public Optional<Instant> next(Instant after) {
    return expressions.stream()
        .flatMap(each -> next(each, after).stream())
        .min(Comparator.naturalOrder());
  }

  private Optional<Instant> next(Expression expression, Instant after) {
    Optional<Instant> next =
        expression.times().nextExecution(after.atZone(zone)).map(Clockwork::instant);
    ZoneOffsetTransition change = zone.getRules().nextTransition(after);
    boolean before =
        change != null && next.filter(time -> !time.isAfter(change.getInstant())).isEmpty();
    return before && change.isGap() && expression.namesHours() && isMetIn(expression, change)
        ? Optional.of(change.getInstant())
        : next;
  }

  /** Whether the hours that a change leaves out would have met an expression. */
  private static boolean isMetIn(Expression expression, ZoneOffsetTransition gap) {
    LocalDateTime first = gap.getDateTimeBefore();
    return expression
        .times()
        .nextExecution(first.minusNanos(1).atZone(ZoneOffset.UTC))
        .filter(time -> time.toLocalDateTime().isBefore(gap.getDateTimeAfter()))
        .isPresent();
  }

  /**
   * The latest time up to another, that one included; empty when there is none. The moment of a
   * change of the clocks is left out.
   */
  public Optional<Instant> last(Instant upTo) {
    ZonedDateTime end = upTo.plusNanos(1).atZone(zone);
    return expressions.stream()
        .flatMap(each -> each.times().lastExecution(end).stream())
        .map(Clockwork::instant)
        .max(Comparator.naturalOrder());
  }

  private static Instant instant(ZonedDateTime time) {
    return Instant.ofEpochSecond(time.toEpochSecond());
  }
}
