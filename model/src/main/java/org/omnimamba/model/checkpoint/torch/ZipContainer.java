package org.omnimamba.model.checkpoint.torch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Storage;

/**
 * The zip container of PyTorch 1.6 and later: {@code <root>/data.pkl} and one entry {@code
 * <root>/data/<key>} per storage.
 */
final class ZipContainer implements TorchContainer {
  /** The pickle of a state dict takes some 200 bytes per tensor. */
  static final long MAX_PICKLE_BYTES = 32L << 20;

  private static final String PICKLE = "/data.pkl";

  private final PositionalFile file;
  private final ZipArchive archive;
  private final String root;
  private final Object object;
  private final Map<String, Long> positions = new HashMap<>();

  private ZipContainer(PositionalFile file, ZipArchive archive, String root, Object object) {
    this.file = file;
    this.archive = archive;
    this.root = root;
    this.object = object;
  }

  static ZipContainer read(PositionalFile file) {
    ZipArchive archive = ZipArchive.read(file);
    List<ZipArchive.Entry> pickles =
        archive.entries().values().stream().filter(entry -> entry.name().endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw refused(file, "it has %d data.pkl; it is no checkpoint".formatted(pickles.size()));
    }
    ZipArchive.Entry pickle = pickles.get(0);
    String root = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
    checkByteOrder(file, archive, root);
    if (pickle.size() > MAX_PICKLE_BYTES) {
      throw refused(
          file,
          "its pickle has %d bytes, allowed are %d".formatted(pickle.size(), MAX_PICKLE_BYTES));
    }
    long start = archive.contentPosition(pickle);
    Object object =
        Unpickler.read(file.path().toString(), new PickleInput(file, start, start + pickle.size()));
    return new ZipContainer(file, archive, root, object);
  }

  private static void checkByteOrder(PositionalFile file, ZipArchive archive, String root) {
    ZipArchive.Entry entry = archive.entries().get(root + "/byteorder");
    if (entry == null) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(16, entry.size()));
    file.read(archive.contentPosition(entry), bytes);
    String order = StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
    if (!order.equals("little")) {
      throw refused(
          file, "its byte order is '%s'; save it on a little-endian machine".formatted(order));
    }
  }

  @Override
  public Object root() {
    return object;
  }

  @Override
  public long position(Storage storage) {
    ZipArchive.Entry entry = archive.entries().get(root + "/data/" + storage.key());
    if (entry == null) {
      throw refused(file, "storage %s is missing".formatted(storage.key()));
    }
    long needed = storage.elements() * storage.dtype().bytes();
    if (entry.size() != needed) {
      throw refused(
          file,
          "storage %s has %d bytes, its tensors need %d"
              .formatted(storage.key(), entry.size(), needed));
    }
    return positions.computeIfAbsent(storage.key(), key -> archive.contentPosition(entry));
  }

  private static CheckpointException refused(PositionalFile file, String reason) {
    return new CheckpointException("%s is refused: %s".formatted(file.path(), reason));
  }
}
