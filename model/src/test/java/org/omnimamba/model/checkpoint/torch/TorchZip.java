package org.omnimamba.model.checkpoint.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes zip containers as {@code torch.save} lays them out, and others. */
final class TorchZip {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private int method = ZipEntry.STORED;

  static TorchZip of(byte[] pickle) {
    return new TorchZip().entry("a/data.pkl", pickle).entry("a/byteorder", "little");
  }

  TorchZip entry(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  TorchZip entry(String name, String content) {
    return entry(name, content.getBytes(StandardCharsets.UTF_8));
  }

  TorchZip compressed() {
    method = ZipEntry.DEFLATED;
    return this;
  }

  Path write(Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        byte[] content = entry.getValue();
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setMethod(method);
        header.setSize(content.length);
        if (method == ZipEntry.STORED) {
          CRC32 checksum = new CRC32();
          checksum.update(content);
          header.setCrc(checksum.getValue());
          header.setCompressedSize(content.length);
        }
        zip.putNextEntry(header);
        zip.write(content);
        zip.closeEntry();
      }
    }
    return file;
  }
}
