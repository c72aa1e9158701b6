package org.omnimamba.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of this module: services know it, it knows none of them. */
class ArchitectureTest {
  private final JavaClasses all =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba.web");

  @Test
  void itKnowsNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "belong to another module", ArchitectureTest::ofAnotherModule))
        .check(all);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("org.omnimamba.web.(*)..").should().beFreeOfCycles().check(all);
  }

  private static boolean ofAnotherModule(JavaClass type) {
    String name = type.getPackageName() + ".";
    return name.startsWith("org.omnimamba.") && !name.startsWith("org.omnimamba.web.");
  }
}
