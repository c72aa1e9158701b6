package org.omnimamba.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.Checkpoint;

class DefaultModelTest {
  private final List<String> notices = new ArrayList<>();

  @Test
  void withoutADemoModelASmallUntrainedOneIsMadeOnce(@TempDir Path directory) throws IOException {
    OmniMambaHome home = OmniMambaHome.at(directory.resolve("home"));
    Path model = DefaultModel.locate(directory.toString(), home, notices::add);
    assertThat(model).startsWith(home.directory());
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      assertThat(checkpoint.config().name()).contains("untrained");
    }
    assertThat(notices).hasSize(2);
    assertThat(notices.get(1)).contains("NOT TRAINED").contains("noise");

    FileTime made = Files.getLastModifiedTime(model.resolve("config.json"));
    notices.clear();
    assertThat(DefaultModel.locate(directory.toString(), home, notices::add)).isEqualTo(model);
    assertThat(Files.getLastModifiedTime(model.resolve("config.json"))).isEqualTo(made);
    assertThat(notices).singleElement().asString().contains("noise");
  }

  @Test
  void theDemoModelOfTheInstallationComesFirst(@TempDir Path root) throws IOException {
    Path demo = Files.createDirectories(root.resolve("models/omnimamba-emoji"));
    Files.writeString(demo.resolve("config.json"), "{}");
    OmniMambaHome home = OmniMambaHome.at(root.resolve("home"));
    assertThat(DefaultModel.locate(root.toString(), home, notices::add)).isEqualTo(demo);
    assertThat(notices).isEmpty();
  }
}
