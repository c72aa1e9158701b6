package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.training.data.Picture.Split;

class PictureSetTest {
  private static final int SIZE = 2;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    PictureSetWriter.write(
        folder,
        SIZE,
        List.of(
            picture(Split.TRAIN, "apple", "noto"),
            picture(Split.HELDOUT, "apple", "fxemoji"),
            picture(Split.TRAIN, "pear", "noto")),
        List.of(pixels(1), pixels(2), pixels(3)));
  }

  @Test
  void readsWhatWasWritten() {
    PictureSet training = PictureSet.read(folder, Split.TRAIN);
    assertThat(training.size()).isEqualTo(SIZE);
    assertThat(training.pictures()).extracting(Picture::name).containsExactly("apple", "pear");
    assertThat(training.pictures()).extracting(Picture::index).containsExactly(0, 1);
    assertThat(training.pixels(1)).isEqualTo(pixels(3));
    byte[] both = new byte[24];
    java.util.Arrays.fill(both, 0, 12, (byte) 3);
    java.util.Arrays.fill(both, 12, 24, (byte) 1);
    assertThat(training.gather(1, 0)).isEqualTo(both);

    Picture heldOut = PictureSet.read(folder, Split.HELDOUT).pictures().get(0);
    assertThat(heldOut.canonicalCaption()).isEqualTo("apple, fxemoji style");
    assertThat(heldOut.tags()).containsExactly("fruit");
    assertThat(PictureSet.read(folder, Split.UNSEEN).count()).isZero();
  }

  @Test
  void aFileThatEndsEarlyIsRefused() throws Exception {
    Path file = folder.resolve(PictureSet.pixelFile(Split.TRAIN));
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(pixels(1));
      out.write(5);
    }
    refused("ends before picture 1 of 2");
  }

  @Test
  void aFileWithMorePicturesThanTheListIsRefused() throws Exception {
    Path file = folder.resolve(PictureSet.pixelFile(Split.TRAIN));
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(new byte[3 * pixels(1).length]);
    }
    refused("more than the 2 pictures");
  }

  @Test
  void aDamagedFileIsRefused() throws Exception {
    Files.write(folder.resolve(PictureSet.pixelFile(Split.TRAIN)), new byte[100]);
    refused("cannot read");
  }

  @Test
  void anEmptyFolderIsRefused(@TempDir Path empty) {
    assertThatThrownBy(() -> PictureSet.read(empty, Split.TRAIN))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("prepare");
  }

  @Test
  void aDamagedLineIsNamed() throws Exception {
    Files.writeString(folder.resolve(PictureSet.LIST), "\n{\"index\": 0}\n");
    refused("line 2");
  }

  private void refused(String message) {
    assertThatThrownBy(() -> PictureSet.read(folder, Split.TRAIN))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(message);
  }

  private static Picture picture(Split split, String name, String style) {
    return new Picture(0, split, name, name, List.of("fruit"), "food", "food fruit", style);
  }

  private static byte[] pixels(int value) {
    byte[] pixels = new byte[PictureSet.bytesPerPicture(SIZE)];
    java.util.Arrays.fill(pixels, (byte) value);
    return pixels;
  }
}
