package org.omnimamba.training.emoji;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.batik.transcoder.TranscoderException;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSetWriter;
import org.omnimamba.training.icons.Concept;
import org.omnimamba.training.icons.ConceptCatalog;
import org.omnimamba.training.icons.ConceptMatcher;
import org.omnimamba.training.icons.HeldOutPairs;
import org.omnimamba.training.icons.IconSet;
import org.omnimamba.training.icons.NpmInstaller;
import org.omnimamba.training.icons.NpmPackage;
import org.omnimamba.training.icons.SvgRasterizer;

/** Makes the data folder of the demo model: see the package description. */
public final class EmojiPreparation {
  private static final double HELD_OUT_SHARE = 0.1;
  private static final int PROGRESS_EVERY = 500;

  private final Path downloads;
  private final int size;
  private final Consumer<String> progress;

  /**
   * @param downloads folder that keeps fetched packages for the next time
   * @param size width and height of pictures in pixels
   * @param progress told what is going on, in lines
   */
  public EmojiPreparation(Path downloads, int size, Consumer<String> progress) {
    this.downloads = downloads;
    this.size = size;
    this.progress = progress;
  }

  /** An icon that is to be drawn. */
  private record Drawing(Concept concept, EmojiStyle style, IconSet.Icon icon) {}

  /**
   * Fetches, maps, draws, splits and writes.
   *
   * @param folder gets the pictures and {@code report.md}
   * @throws org.omnimamba.training.data.InvalidDataException if packages cannot be fetched or read
   */
  public PreparationReport run(Path folder) throws IOException {
    NpmInstaller installer = new NpmInstaller(downloads);
    List<NpmPackage> packages = new ArrayList<>(List.of(NpmPackage.EMOJIBASE));
    Arrays.stream(EmojiStyle.values()).map(EmojiStyle::source).forEach(packages::add);
    progress.accept("fetching " + packages.size() + " packages");
    installer.install(packages);

    ConceptCatalog catalog = ConceptCatalog.read(installer.folder(NpmPackage.EMOJIBASE));
    Map<EmojiStyle, IconSet> sets = new EnumMap<>(EmojiStyle.class);
    for (EmojiStyle style : EmojiStyle.values()) {
      sets.put(style, IconSet.read(installer.folder(style.source())));
    }
    PreparationReport report = new PreparationReport();
    List<Drawing> drawings = match(catalog, sets, report);
    List<byte[]> pixels = draw(drawings, report);
    keepFirstOfEqual(drawings, pixels, report);
    keepKnownConcepts(drawings, pixels, report);
    List<Picture> pictures = PictureSetWriter.write(folder, size, split(drawings), pixels);
    report.count(pictures);
    report.write(folder.resolve("report.md"));
    return report;
  }

  private static List<Drawing> match(
      ConceptCatalog catalog, Map<EmojiStyle, IconSet> sets, PreparationReport report) {
    ConceptMatcher matcher = new ConceptMatcher(catalog, sets.values());
    List<Drawing> drawings = new ArrayList<>();
    sets.forEach(
        (style, set) -> {
          ConceptMatcher.Matches matches = matcher.match(set);
          report.matched(style, set.count(), matches);
          matches
              .icons()
              .forEach((concept, icon) -> drawings.add(new Drawing(concept, style, icon)));
        });
    drawings.sort(
        Comparator.comparingInt((Drawing drawing) -> drawing.concept().order())
            .thenComparing(Drawing::style));
    return drawings;
  }

  /** Draws on all processors; what cannot be drawn is reported and left out. */
  private List<byte[]> draw(List<Drawing> drawings, PreparationReport report) {
    SvgRasterizer rasterizer = new SvgRasterizer(size);
    byte[][] drawn = new byte[drawings.size()][];
    String[] complaints = new String[drawings.size()];
    AtomicInteger done = new AtomicInteger();
    IntStream.range(0, drawn.length)
        .parallel()
        .forEach(
            i -> {
              try {
                drawn[i] = rasterizer.draw(drawings.get(i).icon().svg());
              } catch (TranscoderException e) {
                complaints[i] = String.valueOf(e.getMessage());
              }
              int count = done.incrementAndGet();
              if (count % PROGRESS_EVERY == 0) {
                progress.accept("drawn %d of %d".formatted(count, drawn.length));
              }
            });
    List<byte[]> pixels = new ArrayList<>(Arrays.asList(drawn));
    removeIf(
        drawings,
        pixels,
        i -> complaints[i] != null,
        (drawing, i) ->
            report.leftOut(
                drawing.style(), drawing.icon().name(), "cannot be drawn: " + complaints[i]));
    return pixels;
  }

  private static void keepFirstOfEqual(
      List<Drawing> drawings, List<byte[]> pixels, PreparationReport report) {
    Set<List<Object>> seen = new HashSet<>();
    boolean[] repeated = new boolean[drawings.size()];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = !seen.add(List.of(drawings.get(i).style(), ByteBuffer.wrap(pixels.get(i))));
    }
    removeIf(
        drawings,
        pixels,
        i -> repeated[i],
        (drawing, i) ->
            report.leftOut(
                drawing.style(), drawing.icon().name(), "drawn like an earlier concept"));
  }

  /** A style that training never sees can show only concepts that it sees. */
  private static void keepKnownConcepts(
      List<Drawing> drawings, List<byte[]> pixels, PreparationReport report) {
    Set<Concept> known = new HashSet<>();
    drawings.stream()
        .filter(drawing -> drawing.style().trained())
        .forEach(drawing -> known.add(drawing.concept()));
    boolean[] unknown = new boolean[drawings.size()];
    for (int i = 0; i < unknown.length; i++) {
      unknown[i] = !known.contains(drawings.get(i).concept());
    }
    removeIf(
        drawings,
        pixels,
        i -> unknown[i],
        (drawing, i) ->
            report.leftOut(drawing.style(), drawing.icon().name(), "in no style of training"));
  }

  private static void removeIf(
      List<Drawing> drawings,
      List<byte[]> pixels,
      java.util.function.IntPredicate remove,
      java.util.function.ObjIntConsumer<Drawing> removed) {
    List<Drawing> keptDrawings = new ArrayList<>();
    List<byte[]> keptPixels = new ArrayList<>();
    for (int i = 0; i < drawings.size(); i++) {
      if (remove.test(i)) {
        removed.accept(drawings.get(i), i);
      } else {
        keptDrawings.add(drawings.get(i));
        keptPixels.add(pixels.get(i));
      }
    }
    drawings.clear();
    drawings.addAll(keptDrawings);
    pixels.clear();
    pixels.addAll(keptPixels);
  }

  private static List<Picture> split(List<Drawing> drawings) {
    Set<HeldOutPairs.Pair> heldOut =
        HeldOutPairs.choose(
            drawings.stream()
                .filter(drawing -> drawing.style().trained())
                .map(EmojiPreparation::pair)
                .toList(),
            HELD_OUT_SHARE);
    return drawings.stream()
        .map(
            drawing -> {
              Concept concept = drawing.concept();
              Picture.Split split =
                  !drawing.style().trained()
                      ? Picture.Split.UNSEEN
                      : heldOut.contains(pair(drawing))
                          ? Picture.Split.HELDOUT
                          : Picture.Split.TRAIN;
              return new Picture(
                  0,
                  split,
                  concept.hexcode(),
                  concept.name(),
                  concept.tags(),
                  concept.group(),
                  concept.subgroup(),
                  drawing.style().word());
            })
        .toList();
  }

  private static HeldOutPairs.Pair pair(Drawing drawing) {
    return new HeldOutPairs.Pair(drawing.concept().hexcode(), drawing.style().word());
  }
}
