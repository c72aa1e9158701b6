package org.omnimamba.evaluation.distance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.SlotBatch;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/**
 * Pictures that a model draws, as PNG files in the captions' order. One that is there is not drawn
 * again, so that an interrupted run goes on.
 */
public final class DrawnPictures {
  private final Path folder;

  /**
   * Pictures in a folder.
   *
   * @param folder is made if it is not there
   */
  public DrawnPictures(Path folder) {
    this.folder = folder;
  }

  /** Is told how far it is. */
  public interface Progress {
    void at(int drawn, int of);
  }

  /**
   * Draws what is missing. A caption that is too long is cut.
   *
   * @param sampling its seed is that of the first caption; each further one has the next
   * @return the pictures' files in the captions' order
   */
  public List<Path> draw(
      OmniMamba model, List<String> captions, SamplingParameters sampling, Progress progress)
      throws IOException {
    Files.createDirectories(folder);
    List<Path> files =
        IntStream.range(0, captions.size())
            .mapToObj(i -> folder.resolve("%06d.png".formatted(i)))
            .toList();
    List<Integer> missing =
        IntStream.range(0, captions.size())
            .filter(i -> !Files.isRegularFile(files.get(i)))
            .boxed()
            .toList();
    PromptLayouts layouts = new PromptLayouts(model.config(), model.tokenizer());
    Map<Sequence, Path> drawing = new IdentityHashMap<>();
    int[] done = {captions.size() - missing.size()};
    progress.at(done[0], captions.size());
    try {
      new SlotBatch(model, Task.T2I)
          .run(
              missing.stream()
                  .map(
                      i -> {
                        Sequence sequence =
                            new Sequence(
                                model.config(),
                                model.tokenizer(),
                                layouts.t2i(captions.get(i), Truncation.AUTO),
                                GenerationOptions.of(sampling.withSeed(sampling.seed() + i)));
                        drawing.put(sequence, files.get(i));
                        return new SlotBatch.Request(
                            sequence, model.language().embedT2i(sequence.prompt().ids()));
                      })
                  .iterator(),
              sequence -> {
                save(model, sequence, Objects.requireNonNull(drawing.remove(sequence)));
                progress.at(++done[0], captions.size());
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new ArrayList<>(files);
  }

  private static void save(OmniMamba model, Sequence sequence, Path file) {
    byte[] png = ImageEncoder.png(model.images().decode(List.of(sequence.tokens())).get(0));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(part, png);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
