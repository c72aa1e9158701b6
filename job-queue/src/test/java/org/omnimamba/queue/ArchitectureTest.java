package org.omnimamba.queue;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The packages of this library, and what each may use. */
class ArchitectureTest {
  private static final int MOST_CLASSES = 30;

  private final JavaClasses all =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba.queue");

  @Test
  void theWorkerUsesTheQueueAndTheQueueUsesTheJobs() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("worker")
        .definedBy("org.omnimamba.queue.worker")
        .layer("queue")
        .definedBy("org.omnimamba.queue")
        .layer("job")
        .definedBy("org.omnimamba.queue.job")
        .layer("log")
        .definedBy("org.omnimamba.queue.log")
        .whereLayer("worker")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("queue")
        .mayOnlyBeAccessedByLayers("worker")
        .ensureAllClassesAreContainedInArchitecture()
        .check(all);
  }

  @Test
  void theCoreStandsOnTheDriverAndReactorAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.omnimamba.queue..",
            "io.r2dbc..",
            "org.reactivestreams..",
            "reactor..",
            "org.slf4j..",
            "org.jspecify..")
        .check(all);
  }

  @Test
  void everyWaitIsTimedByTheInjectedScheduler() {
    noClasses()
        .should()
        .callMethod(Mono.class, "timeout", Duration.class)
        .orShould()
        .callMethod(Mono.class, "timeout", Duration.class, Mono.class)
        .orShould()
        .callMethod(Mono.class, "delay", Duration.class)
        .orShould()
        .callMethod(Mono.class, "delayElement", Duration.class)
        .orShould()
        .callMethod(Flux.class, "timeout", Duration.class)
        .orShould()
        .callMethod(Flux.class, "interval", Duration.class)
        .orShould()
        .callMethod(Flux.class, "interval", Duration.class, Duration.class)
        .orShould()
        .callMethod(Flux.class, "delayElements", Duration.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(TimeUnit.class, "sleep", long.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(all);
    noClasses()
        .that()
        .doNotBelongToAnyOf(JobQueue.Builder.class, QueueListener.class)
        .should()
        .callMethod(Schedulers.class, "parallel")
        .check(all);
  }

  @Test
  void noPackageIsLarge() {
    Map<String, Long> sizes =
        all.stream()
            .filter(each -> each.getEnclosingClass().isEmpty())
            .filter(each -> !each.getSimpleName().equals("package-info"))
            .map(JavaClass::getPackageName)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(sizes)
        .allSatisfy((name, size) -> assertThat(size).isLessThanOrEqualTo(MOST_CLASSES));
  }
}
