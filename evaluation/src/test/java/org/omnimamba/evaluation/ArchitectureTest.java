package org.omnimamba.evaluation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

/** The arrows between this module's packages, as docs/architecture.md draws them. */
class ArchitectureTest {
  private static final String ROOT = "org.omnimamba.evaluation";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages(ROOT);

  /** Each package and those that it may use; what is not here, may not be. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          ".", Set.of("data", "report", "run", "score"),
          "data", Set.of(),
          "distance", Set.of("data"),
          "report", Set.of("data", "score"),
          "run", Set.of("data"),
          "score", Set.of("data"));

  @Test
  void packagesUseOneAnotherAsDrawn() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass from : CLASSES) {
      Set<String> targets = found.computeIfAbsent(shortName(from), name -> new TreeSet<>());
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (to.getPackageName().startsWith(ROOT) && !to.getPackage().equals(from.getPackage())) {
          targets.add(shortName(to));
        }
      }
    }
    assertThat(found).isEqualTo(new TreeMap<>(ARROWS));
  }

  @Test
  void onlyAnswersOverTheApiKnowHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".run")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "reactor..", "io.netty..", "java.net.http..", "java.sql..")
        .check(CLASSES);
  }

  @Test
  void onlyTheFrontOfTheModelIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(FrontPackages.insideOf(FrontPackages.forTraining()))
        .check(CLASSES);
  }

  private static String shortName(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "." : name.substring(ROOT.length() + 1);
  }
}
