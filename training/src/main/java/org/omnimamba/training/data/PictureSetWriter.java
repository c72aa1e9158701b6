package org.omnimamba.training.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a data folder that {@link PictureSet#read} reads. */
public final class PictureSetWriter {
  private PictureSetWriter() {}

  /**
   * Writes all splits; the indices of the pictures are given anew in the order of the list.
   *
   * @param size width and height in pixels
   * @param pixels RGB bytes of each picture, in the order of {@code pictures}
   * @return the pictures with their indices
   */
  public static List<Picture> write(
      Path folder, int size, List<Picture> pictures, List<byte[]> pixels) throws IOException {
    Files.createDirectories(folder);
    Map<Picture.Split, Integer> counts = new EnumMap<>(Picture.Split.class);
    List<Picture> numbered = new ArrayList<>();
    for (Picture picture : pictures) {
      int index = counts.merge(picture.split(), 1, Integer::sum) - 1;
      numbered.add(
          new Picture(
              index,
              picture.split(),
              picture.concept(),
              picture.name(),
              picture.tags(),
              picture.group(),
              picture.subgroup(),
              picture.style()));
    }
    for (Picture.Split split : Picture.Split.values()) {
      Path file = folder.resolve(PictureSet.pixelFile(split));
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
        for (int i = 0; i < numbered.size(); i++) {
          if (numbered.get(i).split() == split) {
            out.write(pixels.get(i));
          }
        }
      }
    }
    JsonLines.write(folder.resolve(PictureSet.LIST), numbered);
    ObjectNode summary = JsonMapper.shared().createObjectNode().put("size", size);
    ObjectNode byName = summary.putObject("counts");
    for (Picture.Split split : Picture.Split.values()) {
      byName.put(split.label(), counts.getOrDefault(split, 0));
    }
    // the last one: where it is, the others are
    WholeFile.write(folder.resolve(PictureSet.SUMMARY), summary.toPrettyString());
    return numbered;
  }
}
