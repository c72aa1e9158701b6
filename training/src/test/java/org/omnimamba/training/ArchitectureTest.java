package org.omnimamba.training;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.FrontPackages;

/** The arrows between this module's packages, as docs/architecture.md draws them. */
class ArchitectureTest {
  private static final String ROOT = "org.omnimamba.training";

  /** A package holds more classes only if its package-info says why. */
  private static final int MOST_CLASSES = 30;

  private static final Set<String> LARGE = Set.of();

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages(ROOT);

  /** Each package and those that it may use; what is not here, may not be. */
  private static final Map<String, Set<String>> ARROWS =
      Stream.of(
              arrow("augmentation", "step"),
              arrow("bpe"),
              arrow(
                  "cli",
                  "config",
                  "data",
                  "data.labelled",
                  "emoji",
                  "evaluation",
                  "export",
                  "objective",
                  "run",
                  "scenes.judge",
                  "scenes.sprites",
                  "scenes.tasks",
                  "scenes.text",
                  "tower",
                  "vq"),
              arrow("config", "augmentation", "data", "step"),
              arrow("data"),
              arrow("data.labelled", "data"),
              arrow("emoji", "bpe", "data", "data.labelled", "icons"),
              arrow("evaluation", "augmentation", "data", "objective", "step"),
              arrow("export"),
              arrow("icons", "data"),
              arrow(
                  "objective",
                  "augmentation",
                  "config",
                  "data",
                  "data.labelled",
                  "run",
                  "step",
                  "tower"),
              arrow("run", "config", "data", "schedule", "step"),
              arrow("scenes", "icons", "scenes.sprites"),
              arrow(
                  "scenes.judge", "data", "evaluation", "scenes", "scenes.sprites", "scenes.text"),
              arrow("scenes.sprites", "data", "icons"),
              arrow(
                  "scenes.tasks",
                  "config",
                  "data",
                  "objective",
                  "run",
                  "scenes",
                  "scenes.sprites",
                  "scenes.text",
                  "step",
                  "tower",
                  "vq"),
              arrow("scenes.text", "bpe", "icons", "scenes", "scenes.sprites"),
              arrow("schedule"),
              arrow("step", "data"),
              arrow("tower", "augmentation", "config", "data", "data.labelled", "run", "step"),
              arrow("vq", "augmentation", "config", "data", "data.labelled", "run", "step"))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  private static Map.Entry<String, Set<String>> arrow(String from, String... to) {
    return Map.entry(from, Set.of(to));
  }

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
  void theDrawingHasNoCircle() {
    Map<String, Set<String>> left = new TreeMap<>(ARROWS);
    boolean removed = true;
    while (removed) {
      removed =
          left.entrySet()
              .removeIf(entry -> left.keySet().stream().noneMatch(entry.getValue()::contains));
    }
    assertThat(left).as("packages that reach themselves, and those before them").isEmpty();
  }

  @Test
  void noPackageIsTooLargeToSurvey() {
    Map<String, Long> sizes =
        CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(each -> !each.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(ArchitectureTest::shortName, Collectors.counting()));
    Set<String> large =
        sizes.entrySet().stream()
            .filter(entry -> entry.getValue() > MOST_CLASSES)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    assertThat(large).isEqualTo(LARGE);
  }

  @Test
  void trainingKnowsNoSpringNoHttpServerAndNoDatabase() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..",
            "reactor..",
            "io.netty..",
            "java.net.http..",
            "java.sql..",
            "javax.sql..",
            "io.r2dbc..")
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
