package org.omnimamba.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

class ArchitectureTest {
  private static final JavaClasses STANDALONE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba.standalone");

  @Test
  void onlyTheFrontOfTheModelIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(FrontPackages.insideOf(FrontPackages.forServices()))
        .check(STANDALONE);
  }

  @Test
  void theServerDoesNotKnowTheCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("..standalone.server..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..standalone.cli..")
        .check(STANDALONE);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("org.omnimamba.standalone.(*)..").should().beFreeOfCycles().check(STANDALONE);
  }
}
