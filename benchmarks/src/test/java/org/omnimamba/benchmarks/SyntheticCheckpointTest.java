package org.omnimamba.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.Manifest;
import org.omnimamba.model.checkpoint.RandomModel;

/** The checkpoint with which {@code full-size.sh} begins. */
class SyntheticCheckpointTest {
  @Test
  void isConvertedToTheModelThatItsValuesMake(@TempDir Path folder) throws Exception {
    Path checkpoint = folder.resolve("checkpoint.pth");
    SyntheticCheckpoint.main(new String[] {"tiny", checkpoint.toString()});
    Path converted = folder.resolve("converted");
    CheckpointConverter.convert(
        checkpoint,
        converted,
        ConversionOptions.defaults().withConfig(folder.resolve("config.json")));
    Path made = folder.resolve("made");
    RandomModel.write(made, BenchmarkSizes.named("tiny"), 1);
    assertEquals(Manifest.read(made), Manifest.read(converted));
  }
}
