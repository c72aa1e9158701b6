package org.omnimamba.model.checkpoint.torch;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Dict;
import org.omnimamba.model.checkpoint.torch.PickleObjects.PickleList;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Storage;

/**
 * The container of PyTorch before 1.6: five pickles in a row (magic number, protocol, machine, the
 * object, storage keys), then each storage as a 64-bit length and its elements.
 */
final class LegacyContainer implements TorchContainer {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  private final PositionalFile file;
  private final Object object;
  private final PickleList keys;
  private final long storagesStart;
  private final Map<String, Long> positions = new HashMap<>();

  private LegacyContainer(PositionalFile file, Object object, PickleList keys, long storagesStart) {
    this.file = file;
    this.object = object;
    this.keys = keys;
    this.storagesStart = storagesStart;
  }

  static LegacyContainer read(PositionalFile file) {
    String name = file.path().toString();
    PickleInput in = new PickleInput(file, 0, Math.min(file.size(), ZipContainer.MAX_PICKLE_BYTES));
    if (!MAGIC.equals(Unpickler.read(name, in))) {
      throw refused(file, "it is a pickle, but not of a checkpoint");
    }
    if (!Long.valueOf(PROTOCOL).equals(Unpickler.read(name, in))) {
      throw refused(file, "its legacy format has an unknown version");
    }
    if (!(Unpickler.read(name, in) instanceof Dict machine)
        || !Boolean.TRUE.equals(machine.items.get("little_endian"))) {
      throw refused(file, "it was not written on a little-endian machine");
    }
    Object object = Unpickler.read(name, in);
    if (!(Unpickler.read(name, in) instanceof PickleList keys)) {
      throw refused(file, "its list of storages is missing");
    }
    return new LegacyContainer(file, object, keys, in.position());
  }

  /**
   * Finds each storage. Lengths are written in elements, so the types that the tensors say are
   * needed to walk over them.
   *
   * @param storages every storage of the object graph by its key
   */
  void locate(Map<String, Storage> storages) {
    long position = storagesStart;
    for (Object key : keys.items) {
      Storage storage = key instanceof String text ? storages.get(text) : null;
      if (storage == null) {
        throw refused(file, "its list of storages names one that no tensor uses");
      }
      PickleInput in = new PickleInput(file, position, file.size());
      long elements = in.signedLong();
      if (elements != storage.elements()) {
        throw refused(
            file,
            "storage %s has %d elements, its tensors need %d"
                .formatted(storage.key(), elements, storage.elements()));
      }
      positions.put(storage.key(), in.position());
      in.skip(elements * storage.dtype().bytes());
      position = in.position();
    }
    if (position != file.size()) {
      throw refused(file, "%d bytes follow its last storage".formatted(file.size() - position));
    }
  }

  @Override
  public Object root() {
    return object;
  }

  @Override
  public long position(Storage storage) {
    Long position = positions.get(storage.key());
    if (position == null) {
      throw refused(file, "storage %s is missing".formatted(storage.key()));
    }
    return position;
  }

  private static CheckpointException refused(PositionalFile file, String reason) {
    return new CheckpointException("%s is refused: %s".formatted(file.path(), reason));
  }
}
