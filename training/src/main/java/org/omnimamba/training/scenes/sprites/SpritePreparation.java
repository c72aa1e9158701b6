package org.omnimamba.training.scenes.sprites;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.batik.transcoder.TranscoderException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.icons.Concept;
import org.omnimamba.training.icons.ConceptCatalog;
import org.omnimamba.training.icons.ConceptMatcher;
import org.omnimamba.training.icons.HeldOutPairs;
import org.omnimamba.training.icons.IconSet;
import org.omnimamba.training.icons.NpmInstaller;
import org.omnimamba.training.icons.NpmPackage;
import org.omnimamba.training.icons.SvgRasterizer;

/**
 * Draws the sprites of all icon sets once, so that scenes can be made of them without an SVG
 * library and without a network.
 *
 * <p>Left out is what cannot be told apart by eye or asked for in a few words: flags, clock faces,
 * letters and digits, and people who differ from others by gender, family or direction alone.
 */
public final class SpritePreparation {
  private static final double HELD_OUT_SHARE = 0.1;
  private static final int PROGRESS_EVERY = 500;
  private static final int MOST_SYNONYMS = 4;
  private static final Set<String> GROUPS_LEFT_OUT = Set.of("flags");
  private static final Set<String> SUBGROUPS_LEFT_OUT = Set.of("alphanum", "keycap", "family");
  private static final Pattern NAMES_LEFT_OUT =
      Pattern.compile(".*(o'clock|thirty|facing right|keycap|button|skin tone).*");
  private static final Pattern PLAIN = Pattern.compile("[a-z]{3,}( [a-z]{2,}){0,2}");

  private final Path downloads;
  private final int size;
  private final Consumer<String> progress;

  /**
   * @param downloads folder that keeps fetched packages for the next time
   * @param size side in pixels of the square that icons are drawn in
   * @param progress told what is going on, in lines
   */
  public SpritePreparation(Path downloads, int size, Consumer<String> progress) {
    this.downloads = downloads;
    this.size = size;
    this.progress = progress;
  }

  private record Drawing(Concept concept, SpriteStyle style, String svg) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Drawn(Drawing drawing, int width, int height, int[] argb) {}

  /**
   * Fetches, maps, draws, splits and writes.
   *
   * @return how many sprites each style has
   * @throws org.omnimamba.training.data.InvalidDataException if packages cannot be fetched or read
   */
  public Map<SpriteStyle, Integer> run(Path folder) throws IOException {
    NpmInstaller installer = new NpmInstaller(downloads);
    List<NpmPackage> packages = new ArrayList<>(List.of(NpmPackage.EMOJIBASE));
    Arrays.stream(SpriteStyle.values()).map(SpriteStyle::source).forEach(packages::add);
    progress.accept("fetching " + packages.size() + " packages");
    installer.install(packages);
    ConceptCatalog catalog = ConceptCatalog.read(installer.folder(NpmPackage.EMOJIBASE));
    Map<SpriteStyle, IconSet> sets = new EnumMap<>(SpriteStyle.class);
    for (SpriteStyle style : SpriteStyle.values()) {
      sets.put(style, IconSet.read(installer.folder(style.source())));
    }
    List<Drawn> drawn = trainable(withoutRepeated(draw(drawings(catalog, sets))));
    Map<String, List<String>> synonyms = synonyms(catalog, drawn);
    Set<HeldOutPairs.Pair> heldOut =
        HeldOutPairs.choose(
            drawn.stream()
                .filter(each -> each.drawing().style().trained())
                .map(SpritePreparation::pair)
                .toList(),
            HELD_OUT_SHARE);
    Map<SpriteStyle, Integer> counts = new EnumMap<>(SpriteStyle.class);
    for (Picture.Split split : Picture.Split.values()) {
      List<SpriteLabel> labels = new ArrayList<>();
      List<int[]> pixels = new ArrayList<>();
      for (Drawn each : drawn) {
        SpriteLabel label = label(each, heldOut, synonyms);
        if (label.split() == split) {
          labels.add(label);
          pixels.add(each.argb());
          counts.merge(each.drawing().style(), 1, Integer::sum);
        }
      }
      SpriteFile.write(folder, split, labels, pixels);
    }
    return counts;
  }

  private static List<Drawing> drawings(ConceptCatalog catalog, Map<SpriteStyle, IconSet> sets) {
    ConceptMatcher matcher = new ConceptMatcher(catalog, sets.values());
    List<Drawing> drawings = new ArrayList<>();
    sets.forEach(
        (style, set) ->
            matcher
                .match(set)
                .icons()
                .forEach(
                    (concept, icon) -> {
                      if (isUsed(concept)) {
                        drawings.add(new Drawing(concept, style, icon.svg()));
                      }
                    }));
    return drawings;
  }

  private static boolean isUsed(Concept concept) {
    boolean variant =
        concept.group().equals("people and body") && concept.hexcode().contains("200D");
    return !variant
        && !GROUPS_LEFT_OUT.contains(concept.group())
        && !SUBGROUPS_LEFT_OUT.contains(concept.subgroup())
        && !NAMES_LEFT_OUT.matcher(concept.name()).matches();
  }

  private List<Drawn> draw(List<Drawing> drawings) {
    SvgRasterizer rasterizer = new SvgRasterizer(size);
    AtomicInteger done = new AtomicInteger();
    return drawings.parallelStream()
        .<@Nullable Drawn>map(
            drawing -> {
              int count = done.incrementAndGet();
              if (count % PROGRESS_EVERY == 0) {
                progress.accept("drawn %d of %d".formatted(count, drawings.size()));
              }
              try {
                return cut(drawing, rasterizer.drawTransparent(drawing.svg()));
              } catch (TranscoderException e) {
                progress.accept(
                    "%s of %s cannot be drawn: %s"
                        .formatted(
                            drawing.concept().name(), drawing.style().word(), e.getMessage()));
                return null;
              }
            })
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /** Without empty margins; null if there is nothing. */
  private @Nullable Drawn cut(Drawing drawing, int[] argb) {
    int left = size;
    int right = -1;
    int top = size;
    int bottom = -1;
    for (int i = 0; i < argb.length; i++) {
      if (argb[i] >>> 24 >= 8) {
        left = Math.min(left, i % size);
        right = Math.max(right, i % size);
        top = Math.min(top, i / size);
        bottom = Math.max(bottom, i / size);
      }
    }
    if (right < 0) {
      return null;
    }
    int width = right - left + 1;
    int height = bottom - top + 1;
    int[] inside = new int[width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(argb, (top + y) * size + left, inside, y * width, width);
    }
    return new Drawn(drawing, width, height, inside);
  }

  /** A set that draws two concepts alike keeps the first: the other could not be named. */
  private static List<Drawn> withoutRepeated(List<Drawn> drawn) {
    Set<List<Object>> seen = new HashSet<>();
    return drawn.stream()
        .filter(each -> seen.add(List.of(each.drawing().style(), IntBuffer.wrap(each.argb()))))
        .toList();
  }

  /** Concepts that some style of training shows. */
  private static List<Drawn> trainable(List<Drawn> drawn) {
    Set<Concept> known = new HashSet<>();
    drawn.stream()
        .filter(each -> each.drawing().style().trained())
        .forEach(each -> known.add(each.drawing().concept()));
    return drawn.stream().filter(each -> known.contains(each.drawing().concept())).toList();
  }

  /** Chat programs' names for a concept that mean no other one, by its code points. */
  private static Map<String, List<String>> synonyms(ConceptCatalog catalog, List<Drawn> drawn) {
    Set<Concept> concepts = new LinkedHashSet<>();
    drawn.forEach(each -> concepts.add(each.drawing().concept()));
    Map<String, Set<String>> owners = new HashMap<>();
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (Concept concept : concepts) {
      owners.computeIfAbsent(concept.name(), name -> new HashSet<>()).add(concept.hexcode());
      for (String code : catalog.shortcodes(concept)) {
        String words = code.replace('_', ' ').replace('-', ' ');
        if (PLAIN.matcher(words).matches() && !words.equals(concept.name())) {
          owners.computeIfAbsent(words, name -> new HashSet<>()).add(concept.hexcode());
          names.computeIfAbsent(concept.hexcode(), name -> new ArrayList<>()).add(words);
        }
      }
    }
    names.replaceAll(
        (concept, words) ->
            words.stream()
                .distinct()
                .filter(each -> owners.getOrDefault(each, Set.of()).size() == 1)
                .limit(MOST_SYNONYMS)
                .toList());
    return names;
  }

  private static HeldOutPairs.Pair pair(Drawn drawn) {
    return new HeldOutPairs.Pair(
        drawn.drawing().concept().hexcode(), drawn.drawing().style().word());
  }

  private static SpriteLabel label(
      Drawn drawn, Set<HeldOutPairs.Pair> heldOut, Map<String, List<String>> synonyms) {
    Concept concept = drawn.drawing().concept();
    Picture.Split split =
        !drawn.drawing().style().trained()
            ? Picture.Split.UNSEEN
            : heldOut.contains(pair(drawn)) ? Picture.Split.HELDOUT : Picture.Split.TRAIN;
    return new SpriteLabel(
        split,
        concept.hexcode(),
        concept.name(),
        synonyms.getOrDefault(concept.hexcode(), List.of()),
        concept.group(),
        concept.subgroup(),
        drawn.drawing().style().word(),
        drawn.width(),
        drawn.height());
  }
}
