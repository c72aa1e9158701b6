package org.omnimamba.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the gateway's packages. */
class ArchitectureTest {
  private final JavaClasses gateway =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba.gateway");

  @Test
  void packagesDoNotDependOnEachOtherInCircles() {
    slices().matching("org.omnimamba.gateway.(*)..").should().beFreeOfCycles().check(gateway);
  }

  @Test
  void theGatewayImportsNoOtherPartOfThePlatform() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.omnimamba.model..",
            "org.omnimamba.inference..",
            "org.omnimamba.jobs..",
            "org.omnimamba.queue..",
            "org.omnimamba.standalone..")
        .check(gateway);
  }

  @Test
  void onlyWhatKeepsSomethingKnowsTheDatabaseAndOnlyLimitsKnowRedis() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.omnimamba.gateway.database",
            "org.omnimamba.gateway.keys",
            "org.omnimamba.gateway.pictures",
            "org.omnimamba.gateway.usage")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.r2dbc..", "org.flywaydb..", "org.springframework.r2dbc..")
        .check(gateway);
    noClasses()
        .that()
        .resideOutsideOfPackage("org.omnimamba.gateway.limits")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.lettuce..", "io.github.bucket4j..")
        .check(gateway);
  }

  @Test
  void nothingSleepsOrPrints() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(gateway);
    classes()
        .that()
        .resideInAPackage("org.omnimamba.gateway..")
        .should()
        .onlyAccessFieldsThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "are not the standard streams",
                field -> !field.getOwner().getFullName().equals("java.lang.System")))
        .check(gateway);
  }
}
