package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The drawings beside the code show the transitions that the code has, and no others. */
class StateDrawingsTest {

  @Test
  void attemptStatesAreDrawnAsTheyAre() throws IOException {
    assertThat(drawn("attempt-states.md")).isEqualTo(written(AttemptState.class, "Waiting"));
  }

  @Test
  void runStatesAreDrawnAsTheyAre() throws IOException {
    assertThat(drawn("run-states.md")).isEqualTo(written(RunState.class, "Running"));
  }

  private static Set<String> drawn(String file) throws IOException {
    Path path = Path.of("src/main/java/io/millrace/core", file);
    var arrows = new TreeSet<String>();
    for (String line : Files.readAllLines(path)) {
      if (line.contains("-->")) {
        assertThat(arrows.add(line.strip())).as("drawn once: %s", line).isTrue();
      }
    }
    return arrows;
  }

  /** A transition is a method of a state that returns a state. */
  private static Set<String> written(Class<?> states, String first) {
    var arrows = new TreeSet<String>();
    arrows.add("[*] --> " + first);
    for (Class<?> state : concrete(states)) {
      for (Method method : methods(state)) {
        if (states.isAssignableFrom(method.getReturnType()) && !method.isSynthetic()) {
          assertThat(concrete(states))
              .as("%s says which state", method)
              .contains(method.getReturnType());
          arrows.add(state.getSimpleName() + " --> " + method.getReturnType().getSimpleName());
        }
        if (method.getName().equals("isOver") && method.getDeclaringClass() == state) {
          arrows.add(state.getSimpleName() + " --> [*]");
        }
      }
    }
    return arrows;
  }

  private static Set<Class<?>> concrete(Class<?> sealed) {
    var result = new LinkedHashSet<Class<?>>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        result.addAll(concrete(permitted));
      } else {
        result.add(permitted);
      }
    }
    return result;
  }

  private static Set<Method> methods(Class<?> type) {
    var result = new LinkedHashSet<>(Arrays.asList(type.getDeclaredMethods()));
    for (Class<?> parent : type.getInterfaces()) {
      result.addAll(methods(parent));
    }
    return result;
  }
}
