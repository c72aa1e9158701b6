package org.omnimamba.inference;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

/** The arrows of this module. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.omnimamba.inference");

  @Test
  void theEngineKnowsNoHttpAndNoSpring() {
    noClasses()
        .that()
        .resideInAPackage("..inference.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..",
            "reactor..",
            "io.netty..",
            "tools.jackson..",
            "java.net.http..",
            "org.omnimamba.inference.api..",
            "org.omnimamba.inference.chat..",
            "org.omnimamba.inference.images..",
            "org.omnimamba.inference.models..",
            "org.omnimamba.inference.serving..")
        .check(CLASSES);
  }

  @Test
  void nothingHereTouchesTensorFlow() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.tensorflow..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void onlyServingAndSettingsKnowTheRuntime() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..inference.engine..",
            "..inference.api..",
            "..inference.chat..",
            "..inference.images..",
            "..inference.models..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.omnimamba.model.runtime..",
            "org.omnimamba.model.device..",
            "org.omnimamba.model.weights..",
            "org.omnimamba.model.graph..",
            "org.omnimamba.model.kernel..")
        .check(CLASSES);
  }

  @Test
  void onlyTheFrontOfTheModelIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(FrontPackages.insideOf(FrontPackages.forServices()))
        .check(CLASSES);
  }

  @Test
  void endpointsDoNotKnowOneAnother() {
    slices()
        .matching("org.omnimamba.inference.(chat|images|models)..")
        .should()
        .notDependOnEachOther()
        .check(CLASSES);
  }

  @Test
  void otherServicesAreOnlyReachedOverHttp() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.omnimamba.gateway..",
            "org.omnimamba.jobs..",
            "org.omnimamba.queue..",
            "org.omnimamba.standalone..")
        .check(CLASSES);
  }

  @Test
  void controllersAreNotPublic() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Controller")
        .should()
        .bePackagePrivate()
        .check(CLASSES);
  }
}
