package org.omnimamba.training.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.WholeFile;
import org.omnimamba.training.emoji.EmojiFiles;
import org.omnimamba.training.emoji.EmojiPreparation;
import org.omnimamba.training.emoji.EmojiTokenizer;
import org.omnimamba.training.emoji.PreparationReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba prepare}: the demo model's pictures and tokenizer from npm packages. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = {
      "Make the demo model's data: fetch emoji with npm, draw and split them, train a tokenizer.",
      "Takes about a minute on two cores. Needs the npm client."
    })
public final class PrepareCommand implements Callable<Integer> {
  private static final int LEAST_SIZE = 8;
  private static final int LARGEST_SIZE = 512;
  private static final int LEAST_VOCABULARY = 300;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for the pictures; made where it does not exist")
  private Path out;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "Where the tokenizer goes (DIR/tokenizer.json)")
  private @Nullable Path tokenizer;

  @Option(
      names = "--downloads",
      paramLabel = "DIR",
      description = "Folder that keeps what was fetched for the next time (OUT/downloads)")
  private @Nullable Path downloads;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      defaultValue = "64",
      description = "Width and height of the pictures (${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--vocabulary",
      paramLabel = "ENTRIES",
      defaultValue = "1536",
      description = "Entries of the tokenizer, special tokens included (${DEFAULT-VALUE})")
  private int vocabulary;

  @Option(
      names = "--files",
      description =
          "Write the pictures of training as PNG files too, with captions.jsonl and a LLaVA"
              + " conversation file, for other programs")
  private boolean files;

  @Override
  public Integer call() throws Exception {
    require(size >= LEAST_SIZE && size <= LARGEST_SIZE, "--size is not between 8 and 512");
    require(vocabulary >= LEAST_VOCABULARY, "--vocabulary is less than 300");
    Path definition = tokenizer != null ? tokenizer : out.resolve("tokenizer.json");
    PreparationReport report =
        new EmojiPreparation(
                downloads != null ? downloads : out.resolve("downloads"),
                size,
                line -> spec.commandLine().getErr().println("prepare: " + line))
            .run(out);
    PictureSet training = PictureSet.read(out, Picture.Split.TRAIN);
    List<Picture> pictures = training.pictures();
    Files.createDirectories(definition.toAbsolutePath().getParent());
    WholeFile.write(definition, EmojiTokenizer.train(pictures, vocabulary));
    if (files) {
      EmojiFiles.write(training, out.resolve("files"));
    }
    spec.commandLine().getOut().print(report.table());
    spec.commandLine().getOut().println(definition);
    return 0;
  }

  private void require(boolean condition, String complaint) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), complaint);
    }
  }
}
