package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Entity;
import io.millrace.core.Position;
import io.millrace.events.Command;
import io.millrace.events.DeadLetter;
import io.millrace.events.Event;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunRequest;
import io.millrace.events.api.EventView;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.Problem;
import io.millrace.events.api.RunView;
import io.millrace.watcher.Stop;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Nothing that is written or read as JSON is left out of a native executable. */
class NativeReflectionTest {
  private static final List<Class<?>> WRITTEN =
      List.of(
          Command.class,
          DeadLetter.class,
          Entity.class,
          Event.class,
          EventView.class,
          FlowView.class,
          HistoryView.class,
          LogLine.class,
          Observation.class,
          Order.class,
          Outcome.class,
          Position.class,
          Problem.class,
          RunRequest.class,
          RunView.class,
          Stop.class);

  private final RegisterForReflection registered =
      NativeReflection.class.getAnnotation(RegisterForReflection.class);

  @Test
  void everyTypeThatWrittenOnesConsistOfIsRegistered() {
    var found = new HashSet<Class<?>>();
    WRITTEN.forEach(type -> collect(type, found));

    Set<Class<?>> outermost =
        found.stream().map(NativeReflectionTest::outermost).collect(Collectors.toSet());
    assertThat(registered.targets()).contains(outermost.toArray(Class<?>[]::new));
  }

  @Test
  void everyNameIsOneOfAClass() throws ClassNotFoundException {
    for (String name : registered.classNames()) {
      assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
    }
  }

  private static void collect(Type type, Set<Class<?>> found) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(one -> collect(one, found));
    }
    if (!(type instanceof Class<?> one)
        || !one.getName().startsWith("io.millrace.")
        || !found.add(one)) {
      return;
    }
    if (one.isSealed()) {
      Arrays.stream(one.getPermittedSubclasses()).forEach(kind -> collect(kind, found));
    }
    if (one.isRecord()) {
      Arrays.stream(one.getRecordComponents())
          .map(RecordComponent::getGenericType)
          .forEach(part -> collect(part, found));
    }
  }

  private static Class<?> outermost(Class<?> type) {
    Class<?> outer = type;
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    return outer;
  }
}
