package io.millrace.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** The core decides from what it is given and from nothing else; the contract is as plain. */
@AnalyzeClasses(
    packages = {"io.millrace.core", "io.millrace.events"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class PurityTest {

  @ArchTest
  static final ArchRule THE_CORE_RESTS_ON_THE_CONTRACT_JACKSON_AND_THE_LANGUAGE =
      classes()
          .that()
          .resideInAPackage("io.millrace.core..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.millrace.core..",
                  "io.millrace.events..",
                  "com.cronutils..",
                  "com.fasterxml.jackson.annotation..",
                  "com.fasterxml.jackson.core..",
                  "com.fasterxml.jackson.databind..",
                  "java.lang..",
                  "java.io",
                  "java.time",
                  "java.time.chrono",
                  "java.time.zone",
                  "java.util",
                  "java.util.function",
                  "java.util.regex",
                  "java.util.stream"));

  @ArchTest
  static final ArchRule CRON_IS_READ_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.core.schedule..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.cronutils..");

  @ArchTest
  static final ArchRule THE_CONTRACT_DOES_NOT_KNOW_THE_CORE =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.events..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.core..");

  @ArchTest
  static final ArchRule NOTHING_IS_READ_OR_WRITTEN =
      noClasses()
          .that()
          .resideInAPackage("io.millrace..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "do input or output, threads or processes",
                  (JavaClass type) ->
                      type.getPackageName().equals("java.io")
                              && !type.getSimpleName().endsWith("Exception")
                              && !type.getSimpleName().equals("Serializable")
                          || type.getPackageName().startsWith("java.nio.file")
                          || type.getPackageName().startsWith("java.net")
                          || type.getPackageName().startsWith("java.util.concurrent")
                          || Set.of("java.lang.Thread", "java.lang.Process", "java.lang.Runtime")
                              .contains(type.getName())));

  @ArchTest
  static final ArchRule NO_CLOCK_NO_CHANCE_NO_SURROUNDINGS =
      noClasses()
          .that()
          .resideInAPackage("io.millrace..")
          .should()
          .callCodeUnitWhere(
              DescribedPredicate.describe(
                  "asks a clock, chance or the surroundings",
                  (JavaCall<?> call) -> {
                    String owner = call.getTargetOwner().getName();
                    String name = call.getName();
                    return name.equals("now") && owner.startsWith("java.time.")
                        || name.equals("identityHashCode")
                        || owner.equals("java.lang.System") && !name.equals("arraycopy")
                        || owner.equals("java.lang.Math") && name.equals("random")
                        || owner.equals("java.util.Random")
                        || owner.equals("java.util.SplittableRandom")
                        || owner.equals("java.util.UUID")
                        || owner.equals("java.util.Locale") && name.equals("getDefault")
                        || owner.equals("java.time.ZoneId") && name.equals("systemDefault");
                  }));

  @ArchTest
  static final ArchRule WHAT_IS_STATIC_NEVER_CHANGES =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("io.millrace..")
          .and()
          .areStatic()
          .should()
          .beFinal()
          .andShould(
              new ArchCondition<JavaField>("hold nothing that changes") {
                @Override
                public void check(JavaField field, ConditionEvents events) {
                  JavaClass type = field.getRawType();
                  boolean changes =
                      type.isArray() && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                          || type.isAssignableTo(Collection.class)
                          || type.isAssignableTo(Map.class)
                          || type.isAssignableTo(StringBuilder.class);
                  if (changes) {
                    events.add(
                        SimpleConditionEvent.violated(field, field.getFullName() + " can change"));
                  }
                }
              });

  @ArchTest
  static final ArchRule ROOMS_DO_NOT_GO_IN_CIRCLES =
      slices().matching("io.millrace.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_GRAPH_DOES_NOT_KNOW_THE_ENGINE =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.core.graph..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.core");
}
