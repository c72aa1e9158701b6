package org.omnimamba.training.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.WholeFile;
import org.omnimamba.training.scenes.sprites.SpritePreparation;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import org.omnimamba.training.scenes.sprites.SpriteStyle;
import org.omnimamba.training.scenes.text.SceneTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba prepare-scenes}: sprites from npm packages. */
@Command(
    name = "prepare-scenes",
    mixinStandardHelpOptions = true,
    description = {
      "Make what scenes are composed of: fetch icon sets with npm and draw their sprites.",
      "Takes some minutes on two cores. Needs the npm client."
    })
public final class PrepareScenesCommand implements Callable<Integer> {
  private static final int LEAST_SIZE = 16;
  private static final int LARGEST_SIZE = 512;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for the sprites; made where it does not exist")
  private Path out;

  @Option(
      names = "--downloads",
      paramLabel = "DIR",
      description = "Folder that keeps what was fetched for the next time (OUT/downloads)")
  private @Nullable Path downloads;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      defaultValue = "96",
      description = "Side of the square that an icon is drawn in (${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "Where the tokenizer goes (DIR/tokenizer.json)")
  private @Nullable Path tokenizer;

  @Option(
      names = "--vocabulary",
      paramLabel = "ENTRIES",
      defaultValue = "2048",
      description = "Entries of the tokenizer, special tokens included (${DEFAULT-VALUE})")
  private int vocabulary;

  @Override
  public Integer call() throws Exception {
    if (size < LEAST_SIZE || size > LARGEST_SIZE) {
      throw new ParameterException(spec.commandLine(), "--size is not between 16 and 512");
    }
    Map<SpriteStyle, Integer> counts =
        new SpritePreparation(
                downloads != null ? downloads : out.resolve("downloads"),
                size,
                line -> spec.commandLine().getErr().println("prepare-scenes: " + line))
            .run(out);
    Path definition = tokenizer != null ? tokenizer : out.resolve("tokenizer.json");
    WholeFile.write(
        definition, SceneTokenizer.train(SpriteSet.read(out, Picture.Split.TRAIN), vocabulary));
    counts.forEach(
        (style, count) ->
            spec.commandLine().getOut().println(style.word() + ": " + count + " sprites"));
    return 0;
  }
}
