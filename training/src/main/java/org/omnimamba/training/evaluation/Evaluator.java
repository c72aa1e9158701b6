package org.omnimamba.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.Resampler;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.data.WholeFile;
import org.omnimamba.training.evaluation.Evaluation.Answer;
import org.omnimamba.training.evaluation.Evaluation.Drawing;
import org.omnimamba.training.evaluation.Evaluation.Lookup;
import org.omnimamba.training.evaluation.Evaluation.Part;

/** Measures a model; see the package. For use by the model's one thread. */
public final class Evaluator {
  private static final int NEAREST = 5;
  private static final int EXAMPLES = 40;

  /** Side to which pictures are shrunk to be compared by pixels; bounds memory and time. */
  private static final int PIXEL_SIDE = 32;

  /** Pictures that are prepared for the towers at once, to bound the memory they take. */
  private static final int CHUNK = 512;

  private final OmniMamba model;
  private final EvaluationPictures pictures;
  private final EvaluationOptions options;
  private final Consumer<String> progress;

  /**
   * @param progress is told in plain words what is being measured
   */
  public Evaluator(
      OmniMamba model,
      EvaluationPictures pictures,
      EvaluationOptions options,
      Consumer<String> progress) {
    this.model = model;
    this.pictures = pictures;
    this.options = options;
    this.progress = progress;
  }

  /**
   * The figures, and pictures to look at.
   *
   * @param sheet drawn pictures beside real ones
   */
  public record Result(Evaluation evaluation, RgbImage sheet) {

    /** The table. */
    public String markdown() {
      return EvaluationReport.markdown(evaluation);
    }

    /** Writes {@code evaluation.json}, {@code evaluation.md} and {@code contact-sheet.png}. */
    public void write(Path folder) throws IOException {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("evaluation.json"), EvaluationReport.json(evaluation));
      Files.write(folder.resolve("contact-sheet.png"), ImageEncoder.png(sheet));
      // the last one: where it is, the others are
      WholeFile.write(folder.resolve("evaluation.md"), markdown());
    }
  }

  /** Measures everything. */
  public Result run() {
    Map<Part, List<LabelledPicture>> samples = new EnumMap<>(Part.class);
    samples.put(Part.SEEN, EvaluationPictures.sample(pictures.seen(), options.limit()));
    samples.put(Part.HELD_OUT, EvaluationPictures.sample(pictures.heldOut(), options.limit()));
    samples.put(Part.UNSEEN, EvaluationPictures.sample(pictures.unseen(), options.limit()));
    Map<Part, Double> reconstruction = new EnumMap<>(Part.class);
    Map<Part, Rate> naming = new EnumMap<>(Part.class);
    Map<Part, List<Answer>> examples = new EnumMap<>(Part.class);
    PictureNaming namer = new PictureNaming(model, options);
    samples.forEach(
        (part, sample) -> {
          progress.accept("reconstructing %d %s".formatted(sample.size(), part.title()));
          reconstruction.put(part, reconstruction(sample));
          progress.accept("naming %d %s".formatted(sample.size(), part.title()));
          List<String> answers = namer.answers(sample);
          naming.put(part, PictureNaming.exact(sample, answers));
          examples.put(part, examples(sample, answers));
        });
    Map<Part, Drawing> drawing = new EnumMap<>(Part.class);
    List<Drawn> onSheet = new ArrayList<>();
    samples.remove(Part.UNSEEN);
    drawing(samples, drawing, onSheet);
    Evaluation evaluation =
        new Evaluation(model.config().name(), options, reconstruction, naming, drawing, examples);
    String heading =
        "%s, drawn pictures: first %s, then %s"
            .formatted(evaluation.model(), Part.SEEN.title(), Part.HELD_OUT.title());
    return new Result(evaluation, ContactSheet.of(heading, onSheet));
  }

  private double reconstruction(List<LabelledPicture> sample) {
    List<RgbImage> originals = sample.stream().map(p -> drawnSize(p.image())).toList();
    List<RgbImage> decoded = model.images().decode(model.images().encode(originals));
    double sum = 0;
    for (int i = 0; i < decoded.size(); i++) {
      sum += Psnr.of(originals.get(i), decoded.get(i));
    }
    return decoded.isEmpty() ? 0 : sum / decoded.size();
  }

  private RgbImage drawnSize(RgbImage image) {
    return Resampler.resize(image, model.images().width(), model.images().height());
  }

  private static List<Answer> examples(List<LabelledPicture> sample, List<String> answers) {
    List<Answer> examples = new ArrayList<>();
    for (int i = 0; i < Math.min(EXAMPLES, sample.size()); i++) {
      int at = (int) ((long) i * sample.size() / Math.min(EXAMPLES, sample.size()));
      examples.add(
          new Answer(
              sample.get(at).label().name(), sample.get(at).label().style(), answers.get(at)));
    }
    return examples;
  }

  private void drawing(
      Map<Part, List<LabelledPicture>> samples, Map<Part, Drawing> results, List<Drawn> onSheet) {
    List<LabelledPicture> real = pictures.gallery();
    progress.accept("looking at %d real pictures".formatted(real.size()));
    List<RgbImage> realImages = real.stream().map(LabelledPicture::image).toList();
    Gallery byFeatures = new Gallery(features(realImages));
    Gallery byPixels = new Gallery(pixels(realImages));
    PictureDrawing artist = new PictureDrawing(model, options);
    samples.forEach(
        (part, asked) -> {
          progress.accept("drawing %d %s".formatted(asked.size(), part.title()));
          List<RgbImage> drawn =
              artist.draw(asked.stream().map(p -> p.label().canonicalCaption()).toList());
          progress.accept("looking up %d drawn pictures".formatted(drawn.size()));
          List<int[]> alike = byFeatures.nearest(features(drawn), NEAREST);
          List<int[]> close = byPixels.nearest(pixels(drawn), NEAREST);
          results.put(part, new Drawing(lookup(asked, alike, real), lookup(asked, close, real)));
          int shown = Math.min(options.sheetPictures(), asked.size());
          for (int i = 0; i < shown; i++) {
            int at = (int) ((long) i * asked.size() / shown);
            onSheet.add(
                new Drawn(
                    asked.get(at),
                    drawn.get(at),
                    real.get(alike.get(at)[0]),
                    real.get(close.get(at)[0])));
          }
        });
  }

  /** Compares what lies near drawn pictures with what was asked for. */
  static Lookup lookup(
      List<LabelledPicture> asked, List<int[]> nearest, List<LabelledPicture> real) {
    BiPredicate<LabelledPicture, LabelledPicture> concept =
        (a, b) -> a.label().concept().equals(b.label().concept());
    BiPredicate<LabelledPicture, LabelledPicture> style =
        (a, b) -> a.label().style().equals(b.label().style());
    return new Lookup(
        rate(asked, nearest, real, 1, concept),
        rate(asked, nearest, real, NEAREST, concept),
        rate(asked, nearest, real, 1, style));
  }

  private static Rate rate(
      List<LabelledPicture> asked,
      List<int[]> nearest,
      List<LabelledPicture> real,
      int count,
      BiPredicate<LabelledPicture, LabelledPicture> same) {
    int hits = 0;
    for (int i = 0; i < asked.size(); i++) {
      LabelledPicture wanted = asked.get(i);
      if (Arrays.stream(nearest.get(i))
          .limit(count)
          .anyMatch(index -> same.test(wanted, real.get(index)))) {
        hits++;
      }
    }
    return new Rate(hits, asked.size());
  }

  private List<float[]> features(List<RgbImage> images) {
    ImagePreprocessor preprocessor = new ImagePreprocessor(model.config().vision());
    List<float[]> features = new ArrayList<>();
    for (int at = 0; at < images.size(); at += CHUNK) {
      List<RgbImage> chunk = images.subList(at, Math.min(images.size(), at + CHUNK));
      model
          .vision()
          .meanFeatures(chunk.parallelStream().map(preprocessor::prepare).toList())
          .forEach(feature -> features.add(Gallery.normalised(feature)));
    }
    return features;
  }

  private static List<float[]> pixels(List<RgbImage> images) {
    return images.parallelStream()
        .map(image -> floats(Resampler.resize(image, PIXEL_SIDE, PIXEL_SIDE).rgb()))
        .toList();
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return values;
  }
}
