package org.omnimamba.training.icons;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the concept of each icon.
 *
 * <p>A set that gives code points is believed. For the others names decide, compared by letters and
 * digits alone ({@link ConceptNames#key}): first a list made by hand ({@code
 * icon-names.properties}, for what the rules miss), then emojibase's labels, then the icon names
 * and aliases of the sets with code points (which keep Unicode's older names), then the short codes
 * of chat programs. A name that means two concepts at one of these levels means none there.
 */
public final class ConceptMatcher {
  private static final String LIST = "icon-names.properties";
  private static final Pattern SKIN_TONE =
      Pattern.compile(".*(-skin-tone|-tone\\d|-(light|medium|dark|medium-light|medium-dark))");

  private final ConceptCatalog catalog;
  private final List<Map<String, Concept>> levels = new ArrayList<>();
  private final Map<String, Optional<Concept>> byHand;

  /**
   * What was found in one set.
   *
   * @param icons the picture of each concept
   * @param toned icons passed over because they have a skin tone
   * @param unmatched names of icons without a concept
   */
  public record Matches(Map<Concept, IconSet.Icon> icons, int toned, List<String> unmatched) {}

  /**
   * @param sets all sets; those with code points lend their names to the others
   */
  public ConceptMatcher(ConceptCatalog catalog, Iterable<IconSet> sets) {
    this.catalog = catalog;
    Names labels = new Names();
    Names icons = new Names();
    Names codes = new Names();
    for (Concept concept : catalog.all()) {
      labels.add(concept.label(), concept);
      catalog.shortcodes(concept).forEach(code -> codes.add(code, concept));
    }
    for (IconSet set : sets) {
      set.namesByHexcode()
          .forEach(
              (hexcode, name) -> {
                Concept concept = catalog.byHexcode(hexcode);
                IconSet.Icon icon = set.icon(name);
                if (concept != null && icon != null) {
                  icons.add(name, concept);
                  icon.aliases().forEach(alias -> icons.add(alias, concept));
                }
              });
    }
    levels.add(labels.unambiguous());
    levels.add(icons.unambiguous());
    levels.add(codes.unambiguous());
    byHand = byHand(levels.get(0));
  }

  /** A label that emojibase does not have leaves its icon without a concept. */
  private static Map<String, Optional<Concept>> byHand(Map<String, Concept> labels) {
    Map<String, Optional<Concept>> named = new HashMap<>();
    Properties list = Resources.properties(LIST);
    for (String name : list.stringPropertyNames()) {
      String label = list.getProperty(name);
      Concept concept = labels.get(ConceptNames.key(label));
      named.put(ConceptNames.key(name), Optional.ofNullable(concept));
    }
    return named;
  }

  /** Finds the concepts of one set's icons; the first icon of a concept is kept. */
  public Matches match(IconSet set) {
    Map<Concept, IconSet.Icon> found = new LinkedHashMap<>();
    Map<String, Concept> known = new HashMap<>();
    set.namesByHexcode()
        .forEach(
            (hexcode, name) -> {
              Concept concept = catalog.byHexcode(hexcode);
              if (concept != null) {
                known.put(name, concept);
              }
            });
    int toned = 0;
    List<String> unmatched = new ArrayList<>();
    for (IconSet.Icon icon : set.icons()) {
      Concept concept = known.get(icon.name());
      if (concept == null && SKIN_TONE.matcher(icon.name()).matches()) {
        toned++;
        continue;
      }
      if (concept == null && set.namesByHexcode().isEmpty()) {
        concept = byName(icon);
      }
      if (concept == null) {
        unmatched.add(icon.name());
      } else if (found.putIfAbsent(concept, icon) != null) {
        unmatched.add(icon.name() + " (a second " + concept.label() + ")");
      }
    }
    return new Matches(found, toned, unmatched);
  }

  private @Nullable Concept byName(IconSet.Icon icon) {
    Optional<Concept> listed = byHand.get(ConceptNames.key(icon.name()));
    if (listed != null) {
      return listed.orElse(null);
    }
    for (Map<String, Concept> level : levels) {
      Concept concept = level.get(ConceptNames.key(icon.name()));
      for (int i = 0; concept == null && i < icon.aliases().size(); i++) {
        concept = level.get(ConceptNames.key(icon.aliases().get(i)));
      }
      if (concept != null) {
        return concept;
      }
    }
    return null;
  }

  /** Names of one level. */
  private static final class Names {
    private final Map<String, Concept> found = new HashMap<>();
    private final List<String> ambiguous = new ArrayList<>();

    void add(String name, Concept concept) {
      String key = ConceptNames.key(name);
      if (!key.isEmpty() && !found.getOrDefault(key, concept).equals(concept)) {
        ambiguous.add(key);
      }
      found.put(key, concept);
    }

    Map<String, Concept> unambiguous() {
      Map<String, Concept> kept = new HashMap<>(found);
      kept.remove("");
      ambiguous.forEach(kept::remove);
      return kept;
    }
  }
}
