package org.omnimamba.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

class ArchitectureTest {
  @Test
  void onlyTheFrontOfTheModelIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(FrontPackages.insideOf(FrontPackages.forTraining()))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.omnimamba.benchmarks"));
  }
}
