package io.millrace.metadata.metaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stores promise, on either kind of database. */
abstract class MetaflowContract {
  private static final int WRITERS = 50;
  private static final Registration NO_ID =
      new Registration(null, "ada", List.of("t"), List.of("user:ada"));

  @TempDir Path folder;

  private final MovableClock clock = new MovableClock();
  private Database.Place place;
  private Database database;
  private Runs runs;
  private Tasks tasks;
  private Artifacts artifacts;
  private Facts facts;

  /** An empty database. */
  abstract Database.Place empty();

  @BeforeEach
  void open() {
    if (place == null) {
      place = empty();
    }
    database = Database.open(place);
    runs = new Runs(database, clock, Duration.ofMinutes(1));
    tasks = new Tasks(database, clock, Duration.ofMinutes(1));
    artifacts = new Artifacts(database, clock);
    facts = new Facts(database, clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Registration id(String id) {
    return new Registration(id, "ada", List.of("t"), List.of("user:ada"));
  }

  private TaskPath task(String run, String step, String task) {
    try {
      runs.createFlow("F", NO_ID);
    } catch (Refusal there) {
      assertThat(there.status()).isEqualTo(409);
    }
    runs.createRun("F", id(run));
    tasks.createStep("F", run, step, NO_ID);
    tasks.createTask("F", run, step, id(task));
    return new TaskPath("F", run, step, task);
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsRegisteredIsRead() {
    task("r", "start", "t-1");

    assertThat(runs.flows()).extracting(FlowObject::flowId).containsExactly("F");
    assertThat(runs.run("F", "r").runNumber()).isEqualTo("r");
    assertThat(runs.run("F", "r").tags()).containsExactly("t");
    assertThat(runs.run("F", "r").systemTags()).containsExactly("user:ada");
    assertThat(tasks.step("F", "r", "start").tags()).containsExactly("t");
    TaskObject task = tasks.task(new TaskPath("F", "r", "start", "t-1"));
    assertThat(task.taskId()).isEqualTo("t-1");
    assertThat(task.systemTags()).containsExactly("user:ada");
    assertThat(task.tsEpoch()).isEqualTo(clock.millis());
  }

  @Test
  void whatIsRegisteredTwiceIsAConflictAndStaysAsItWas() {
    task("r", "start", "t");

    for (Callable<?> again :
        List.<Callable<?>>of(
            () -> runs.createFlow("F", NO_ID),
            () -> runs.createRun("F", new Registration("r", "bob", List.of(), List.of())),
            () -> tasks.createStep("F", "r", "start", NO_ID),
            () -> tasks.createTask("F", "r", "start", id("t")))) {
      assertThat(catchThrowableOfType(Refusal.class, again::call).status()).isEqualTo(409);
    }
    assertThat(runs.run("F", "r").userName()).isEqualTo("ada");
  }

  @Test
  void whatIsNotThereIsNamed() {
    task("r", "start", "t");

    assertThatThrownBy(() -> runs.runs("G")).hasMessage("flow 'G' is not registered");
    assertThatThrownBy(() -> runs.createRun("G", NO_ID)).hasMessage("flow 'G' is not registered");
    assertThatThrownBy(() -> tasks.createStep("F", "x", "start", NO_ID))
        .hasMessage("run 'F/x' is not registered");
    assertThatThrownBy(() -> tasks.createTask("F", "r", "end", NO_ID))
        .hasMessage("step 'F/r/end' is not registered");
    assertThatThrownBy(() -> artifacts.ofTask(new TaskPath("F", "r", "start", "u")))
        .hasMessage("task 'F/r/start/u' is not registered");
    assertThatThrownBy(() -> runs.heartbeat("F", "x")).hasMessage("run 'F/x' is not registered");
    assertThatThrownBy(() -> tasks.heartbeat(new TaskPath("F", "r", "start", "u")))
        .isInstanceOfSatisfying(Refusal.class, no -> assertThat(no.status()).isEqualTo(404));
  }

  @Test
  void numbersAreGivenOutWhereNoIdIsBrought() {
    runs.createFlow("F", NO_ID);
    String first = runs.createRun("F", NO_ID).runNumber();
    String second = runs.createRun("F", NO_ID).runNumber();
    tasks.createStep("F", first, "start", NO_ID);
    String task = tasks.createTask("F", first, "start", NO_ID).taskId();

    assertThat(List.of(first, second, task)).allMatch(number -> number.matches("[0-9]+"));
    assertThat(Long.parseLong(second)).isGreaterThan(Long.parseLong(first));
    assertThat(runs.runs("F")).extracting(RunObject::runNumber).containsExactly(second, first);
  }

  @Test
  void changesOfTagsAtTheSameTimeAreAllKept() throws Exception {
    task("r", "start", "t");

    AtOnce.all(WRITERS, n -> runs.mutateTags("F", "r", List.of("tag-" + n), List.of("t")));

    assertThat(runs.run("F", "r").tags())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, WRITERS).mapToObj(n -> "tag-" + n).toList());
  }

  @Test
  void theStateOfARunIsATagOfTheSystemOnAllThatIsInIt() {
    TaskPath path = task("r", "start", "t");
    artifacts.create(path, Registration.objects(json("[{'name':'x','attempt_id':0,'sha':'a'}]")));
    database
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "insert into run_history (run_id, flow, definition, state, started_at, changed_at)"
                        + " values ('r', 'f', 'f@sha256:0', 'succeeded', 0, 0)"));

    List<String> tags = List.of("user:ada", "millrace_state:succeeded");
    assertThat(runs.run("F", "r").systemTags()).isEqualTo(tags);
    assertThat(tasks.step("F", "r", "start").systemTags()).isEqualTo(tags);
    assertThat(tasks.task(path).systemTags()).isEqualTo(tags);
    assertThat(artifacts.find(path, "x", OptionalInt.empty()).systemTags()).isEqualTo(tags);
    assertThatThrownBy(() -> runs.mutateTags("F", "r", List.of(), List.of(tags.getLast())))
        .hasMessageContaining("tags of the system");
    assertThat(runs.mutateTags("F", "r", List.of(tags.getLast()), List.of())).containsExactly("t");
  }

  @Test
  void aBrokenRuleOfTagsChangesNothing() {
    task("r", "start", "t");

    assertThatThrownBy(() -> runs.mutateTags("F", "r", List.of(), List.of("user:ada")))
        .hasMessageContaining("tags of the system");
    List<String> many = IntStream.range(0, 50).mapToObj(n -> "tag-" + n).toList();
    assertThatThrownBy(() -> runs.mutateTags("F", "r", many, List.of()))
        .hasMessageContaining("at most 50");
    assertThat(runs.mutateTags("F", "r", List.of("user:ada"), List.of())).containsExactly("t");
  }

  @Test
  void artifactsAreThoseOfTheLastAttemptUnlessOneIsNamed() {
    TaskPath path = task("r", "start", "t");
    artifacts.create(
        path,
        Registration.objects(
            json("[{'name':'x','attempt_id':0,'sha':'a'},{'name':'y','attempt_id':0,'sha':'b'}]")));
    var second = Registration.objects(json("[{'name':'x','attempt_id':1,'sha':'c'}]"));

    assertThat(artifacts.create(path, second)).isEqualTo(1);
    assertThat(artifacts.create(path, second)).isZero();

    assertThat(artifacts.ofTask(path)).extracting(ArtifactObject::sha).containsExactly("c");
    assertThat(artifacts.ofStep("F", "r", "start")).hasSize(1);
    assertThat(artifacts.ofRun("F", "r")).hasSize(1);
    assertThat(artifacts.ofAttempt(path, 0)).extracting(ArtifactObject::name).contains("x", "y");
    assertThat(artifacts.find(path, "x", OptionalInt.empty()).attemptId()).isEqualTo(1);
    assertThat(artifacts.find(path, "x", OptionalInt.of(0)).sha()).isEqualTo("a");
    assertThat(artifacts.find(path, "y", OptionalInt.of(0)).sha()).isEqualTo("b");
    assertThatThrownBy(() -> artifacts.find(path, "y", OptionalInt.empty()))
        .hasMessageContaining("artifact 'y' of task 'F/r/start/t'");
    assertThatThrownBy(() -> artifacts.find(path, "z", OptionalInt.empty()))
        .hasMessageContaining("artifact 'z' of task 'F/r/start/t'");
  }

  @Test
  void aRepeatedRequestAddsNoMetadata() {
    TaskPath path = task("r", "start", "t");
    var sent =
        Registration.objects(
            json(
                "[{'field_name':'a','value':'1','tags':['attempt_id:0'],'ts_epoch':1},"
                    + "{'field_name':'b','value':7,'ts_epoch':1}]"));

    assertThat(facts.create(path, sent)).isEqualTo(2);
    assertThat(facts.create(path, sent)).isZero();

    assertThat(facts.ofTask(path))
        .extracting(fact -> fact.fieldName() + "=" + fact.value() + fact.tags())
        .containsExactly("a=1[attempt_id:0]", "b=7[]");
    assertThat(facts.ofRun("F", "r")).hasSize(2);
  }

  @Test
  void tasksAreFoundByTheirMetadata() {
    TaskPath first = task("r", "work", "work-0");
    tasks.createTask("F", "r", "work", id("work-1"));
    facts.create(first, Registration.objects(json("[{'field_name':'path','value':'a:1,b:2'}]")));

    assertThat(found("path", "^(?:a:1.*)$")).containsExactly("F/r/work/work-0");
    assertThat(found("path", "^(?:a)$")).isEmpty();
    assertThat(found("other", "a")).isEmpty();
    assertThat(facts.tasksWith("F", "r", "nobody-came", Optional.empty(), Optional.empty()))
        .isEmpty();
    assertThat(facts.tasksWith("F", "r", "nobody-came", Optional.of("path"), Optional.of("a")))
        .isEmpty();
    assertThat(facts.tasksWith("F", "r", "work", Optional.empty(), Optional.empty())).hasSize(2);
    assertThatThrownBy(() -> found("path", "(")).hasMessageContaining("no regular expression");
  }

  private java.util.Set<String> found(String field, String pattern) {
    return facts.tasksWith("F", "r", "work", Optional.of(field), Optional.of(pattern));
  }

  @Test
  void manyWritersRegisterTheSameAndTheirOwn() throws Exception {
    List<Integer> created =
        AtOnce.all(
            WRITERS,
            n -> {
              int firsts =
                  isFirst(() -> runs.createFlow("F", NO_ID))
                      + isFirst(() -> runs.createRun("F", id("r")))
                      + isFirst(() -> tasks.createStep("F", "r", "work", NO_ID));
              TaskPath path = new TaskPath("F", "r", "work", "work-" + n);
              tasks.createTask("F", "r", "work", id(path.task()));
              for (int beat = 0; beat < 5; beat++) {
                tasks.heartbeat(path);
                runs.heartbeat("F", "r");
              }
              artifacts.create(
                  path, Registration.objects(json("[{'name':'x','sha':'%d'}]".formatted(n))));
              return firsts;
            });

    assertThat(created.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
    assertThat(tasks.tasks("F", "r", "work")).hasSize(WRITERS);
    assertThat(artifacts.ofRun("F", "r")).hasSize(WRITERS);
  }

  private static int isFirst(Callable<?> creation) throws Exception {
    try {
      creation.call();
      return 1;
    } catch (Refusal there) {
      assertThat(there.status()).isEqualTo(409);
      return 0;
    }
  }

  @Test
  void silenceMeansDeathUnlessTheEndWasTold() {
    TaskPath path = task("r", "end", "t");
    assertThat(tasks.task(path).status()).isEqualTo(Standing.UNKNOWN);

    tasks.heartbeat(path);
    runs.heartbeat("F", "r");
    assertThat(tasks.task(path).status()).isEqualTo(Standing.RUNNING);
    assertThat(runs.run("F", "r").status()).isEqualTo(Standing.RUNNING);

    clock.forward(Duration.ofMinutes(2));
    assertThat(tasks.task(path).status()).isEqualTo(Standing.FAILED);
    assertThat(runs.run("F", "r").status()).isEqualTo(Standing.FAILED);

    facts.create(path, Registration.objects(json("[{'field_name':'attempt_ok','value':'True'}]")));
    assertThat(tasks.task(path).status()).isEqualTo(Standing.COMPLETED);
    assertThat(tasks.task(path).finishedAt()).isEqualTo(clock.millis());
    assertThat(runs.run("F", "r").status()).isEqualTo(Standing.COMPLETED);
  }

  @Test
  void anAttemptThatBeginsTakesTheLastOnesEndBack() {
    TaskPath path = task("r", "end", "t");
    facts.create(path, Registration.objects(json("[{'field_name':'attempt_ok','value':'False'}]")));
    assertThat(tasks.task(path).status()).isEqualTo(Standing.FAILED);

    facts.create(path, Registration.objects(json("[{'field_name':'attempt','value':'1'}]")));
    tasks.heartbeat(path);

    assertThat(tasks.task(path).status()).isEqualTo(Standing.RUNNING);
  }

  @Test
  void aRestartKeepsEverything() {
    TaskPath path = task("r", "start", "t");
    facts.create(path, Registration.objects(json("[{'field_name':'a','value':'1'}]")));

    close();
    open();

    assertThat(facts.ofTask(path)).hasSize(1);
    assertThat(tasks.createTask("F", "r", "start", NO_ID).taskId()).matches("[0-9]+");
  }
}
