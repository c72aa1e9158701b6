package org.omnimamba.model;

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
  private static final String ROOT = "org.omnimamba.model";

  /** A package holds more classes only if its package-info says why. */
  private static final int MOST_CLASSES = 30;

  private static final Set<String> LARGE = Set.of("image");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages(ROOT);

  /** Each package and those that it may use; what is not here, may not be. */
  private static final Map<String, Set<String>> ARROWS =
      Stream.of(
              arrow(
                  ".",
                  "checkpoint",
                  "config",
                  "device",
                  "generation",
                  "image",
                  "runtime",
                  "runtime.language",
                  "runtime.vision",
                  "sampling",
                  "text"),
              arrow(
                  "checkpoint",
                  "checkpoint.safetensors",
                  "checkpoint.schema",
                  "checkpoint.tensor",
                  "checkpoint.torch",
                  "config",
                  "text"),
              arrow("checkpoint.safetensors", "checkpoint.tensor"),
              arrow("checkpoint.schema", "checkpoint.tensor", "config"),
              arrow("checkpoint.tensor"),
              arrow("checkpoint.torch", "checkpoint.tensor"),
              arrow("config"),
              arrow("device", "checkpoint.tensor", "kernel.tile"),
              arrow("generation", "config", "sampling", "text"),
              arrow("graph"),
              arrow("graph.mamba", "config", "graph"),
              arrow("graph.vision", "config", "graph"),
              arrow("graph.vq", "config", "graph"),
              arrow("image", "config", "image.vp8"),
              arrow("image.vp8"),
              arrow("kernel", "config", "kernel.tile"),
              arrow("kernel.tile"),
              arrow("runtime", "device", "graph", "weights"),
              arrow(
                  "runtime.language",
                  "checkpoint.tensor",
                  "config",
                  "device",
                  "generation",
                  "graph",
                  "graph.mamba",
                  "kernel",
                  "kernel.tile",
                  "runtime",
                  "sampling",
                  "weights"),
              arrow(
                  "runtime.vision",
                  "checkpoint.tensor",
                  "config",
                  "device",
                  "graph",
                  "graph.vision",
                  "graph.vq",
                  "image",
                  "runtime",
                  "weights"),
              arrow("sampling"),
              arrow("text", "config"),
              arrow(
                  "weights",
                  "checkpoint.schema",
                  "checkpoint.tensor",
                  "config",
                  "device",
                  "graph",
                  "graph.mamba"))
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
  void theLibraryKnowsNoSpringNoHttpAndNoDatabase() {
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

  /** Names that rules of other modules use must exist. */
  @Test
  void theFrontPackagesExist() {
    assertThat(ARROWS.keySet()).containsAll(FrontPackages.forServices());
    assertThat(ARROWS.keySet()).containsAll(FrontPackages.forTraining());
  }

  @Test
  void aModelThatNoDeviceRunsNeedsNoTensorFlow() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".config..",
            ROOT + ".generation..",
            ROOT + ".image..",
            ROOT + ".kernel..",
            ROOT + ".sampling..",
            ROOT + ".text..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.tensorflow..")
        .check(CLASSES);
  }

  private static String shortName(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "." : name.substring(ROOT.length() + 1);
  }
}
