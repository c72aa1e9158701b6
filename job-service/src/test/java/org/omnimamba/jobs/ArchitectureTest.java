package org.omnimamba.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RestController;

/** The arrows of this module. */
class ArchitectureTest {
  private final JavaClasses all =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba");

  @Test
  void theServiceKnowsTheQueueAndNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("org.omnimamba.jobs..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.omnimamba.inference..",
            "org.omnimamba.gateway..",
            "org.omnimamba.model..",
            "org.omnimamba.standalone..")
        .check(all);
  }

  @Test
  void theQueueKnowsNeitherSpringNorTheService() {
    noClasses()
        .that()
        .resideInAPackage("org.omnimamba.queue..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "org.omnimamba.jobs..")
        .check(all);
  }

  @Test
  void onlyTheWebSideKnowsTheWebSide() {
    noClasses()
        .that()
        .resideInAPackage("org.omnimamba.jobs..")
        .and()
        .resideOutsideOfPackage("org.omnimamba.jobs.web..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.omnimamba.jobs.web..")
        .check(all);
    classes()
        .that()
        .areAnnotatedWith(RestController.class)
        .and()
        .resideInAPackage("org.omnimamba.jobs..")
        .should()
        .resideInAPackage("org.omnimamba.jobs.web..")
        .check(all);
  }

  @Test
  void onlyTheWorkerTalksToTheEngineAndOnlyDeliveryToReceivers() {
    noClasses()
        .that()
        .resideInAPackage("org.omnimamba.jobs..")
        .and()
        .resideOutsideOfPackages("org.omnimamba.jobs.worker..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework.web.reactive.function.client..")
        .check(all);
    noClasses()
        .that()
        .resideInAPackage("org.omnimamba.jobs..")
        .and()
        .resideOutsideOfPackages(
            "org.omnimamba.jobs.worker..", "org.omnimamba.jobs.webhook.delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("reactor.netty.http.client..")
        .check(all);
  }

  @Test
  void signingAndAddressesStandAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.omnimamba.jobs.webhook.signing..", "org.omnimamba.jobs.webhook.address..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "org.omnimamba.queue..", "org.omnimamba.jobs.config..")
        .check(all);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("org.omnimamba.jobs.(*)..").should().beFreeOfCycles().check(all);
  }
}
