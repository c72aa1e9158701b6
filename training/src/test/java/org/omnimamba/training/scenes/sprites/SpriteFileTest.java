package org.omnimamba.training.scenes.sprites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.Picture;

class SpriteFileTest {
  private static final SpriteLabel LABEL =
      new SpriteLabel(Picture.Split.TRAIN, "1F34E", "apple", List.of(), "food", "fruit", "s", 7, 5);

  @TempDir private Path folder;

  @Test
  void whatWasWrittenIsReadButForTheLowestBits() throws IOException {
    int[] argb = new Random(3).ints(35).toArray();
    argb[4] = 0x00ffffff;
    SpriteFile.write(folder, Picture.Split.TRAIN, List.of(LABEL, LABEL), List.of(argb, argb));
    List<Sprite> read = SpriteSet.read(folder, Picture.Split.TRAIN).all();
    assertThat(read).hasSize(2);
    assertThat(read.get(0).label()).isEqualTo(LABEL);
    assertThat(read.get(1).argb()).isEqualTo(SpriteFile.rounded(argb));
    assertThat(read.get(0).argb()[4]).isZero();
    assertThat(SpriteFile.rounded(read.get(0).argb())).isEqualTo(read.get(0).argb());
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    SpriteFile.write(folder, Picture.Split.TRAIN, List.of(LABEL), List.of(new int[35]));
    Path file = folder.resolve("sprites-train.bin");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 2));
    assertThatThrownBy(() -> SpriteSet.read(folder, Picture.Split.TRAIN))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("sprites-train.bin");
  }

  @Test
  void aFolderWithoutSpritesIsRefused() {
    assertThatThrownBy(() -> SpriteSet.read(folder, Picture.Split.TRAIN))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("sprites-train.jsonl");
  }

  @Test
  void coloursAreCalledAsPeopleDo() {
    for (NamedColour colour : NamedColour.values()) {
      assertThat(NamedColour.of(colour.rgb())).isEqualTo(colour);
    }
    assertThat(NamedColour.of(0x40e0d0)).as("turquoise").isNull();
    assertThat(NamedColour.of(0xf5f5dc)).as("beige").isNull();
  }
}
