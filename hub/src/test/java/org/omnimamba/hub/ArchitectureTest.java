package org.omnimamba.hub;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

/** The arrows of this module. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("org.omnimamba.hub");

  @Test
  void eachLayerUsesThoseBelow() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("org.omnimamba.hub.cli")
        .layer("models")
        .definedBy("org.omnimamba.hub.models")
        .layer("repository")
        .definedBy("org.omnimamba.hub.repository")
        .layer("download")
        .definedBy("org.omnimamba.hub.download")
        .layer("http")
        .definedBy("org.omnimamba.hub.http")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("models")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("repository")
        .mayOnlyBeAccessedByLayers("models")
        .whereLayer("download")
        .mayOnlyBeAccessedByLayers("cli", "models", "repository")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("models", "repository", "download")
        .check(CLASSES);
  }

  @Test
  void onlyModelsAndTheCommandKnowTheModel() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.omnimamba.hub.models..", "org.omnimamba.hub.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.omnimamba.model..")
        .check(CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat(FrontPackages.insideOf(FrontPackages.forServices()))
        .check(CLASSES);
  }

  @Test
  void noSpringAndNoNetty() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "reactor..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void packagesAreSmall() {
    assertThat(
            CLASSES.stream()
                .filter(JavaClass::isTopLevelClass)
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()))
                .values())
        .allMatch(count -> count <= 20);
  }
}
