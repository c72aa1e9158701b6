package org.omnimamba.model.checkpoint;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.omnimamba.model.checkpoint.PickleObjects.Dict;
import org.omnimamba.model.checkpoint.PickleObjects.Sequence;
import org.omnimamba.model.checkpoint.PickleObjects.Storage;
import org.omnimamba.model.checkpoint.PickleObjects.Tensor;

/** Finds the tensors in an unpickled object. */
final class StateDicts {
  private StateDicts() {}

  /**
   * The tensors of the root dict, or of the one dict in it that holds tensors.
   *
   * @throws CheckpointException if there is none, or more than one
   */
  static Map<String, Tensor> find(Path path, Object root) {
    if (!(root instanceof Dict dict)) {
      throw new CheckpointException("%s is refused: it holds no dict".formatted(path));
    }
    Map<String, Tensor> own = tensors(dict);
    if (!own.isEmpty()) {
      return own;
    }
    Map<Object, Map<String, Tensor>> nested = new LinkedHashMap<>();
    dict.items.forEach(
        (key, value) -> {
          if (value instanceof Dict inner) {
            Map<String, Tensor> found = tensors(inner);
            if (!found.isEmpty()) {
              nested.put(key, found);
            }
          }
        });
    if (nested.size() != 1) {
      throw new CheckpointException(
          "%s is refused: it holds %s"
              .formatted(
                  path,
                  nested.isEmpty() ? "no tensors" : "several state dicts: " + nested.keySet()));
    }
    return nested.values().iterator().next();
  }

  private static Map<String, Tensor> tensors(Dict dict) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    dict.items.forEach(
        (key, value) -> {
          if (key instanceof String name && value instanceof Tensor tensor) {
            tensors.put(name, tensor);
          }
        });
    return tensors;
  }

  /**
   * Every storage that a tensor anywhere in the object uses, by its key.
   *
   * @throws CheckpointException if one key stands for two different storages
   */
  static Map<String, Storage> storages(Path path, Object root) {
    Map<String, Storage> storages = new HashMap<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      Object object = open.pop();
      if (!seen.add(object)) {
        continue;
      }
      if (object instanceof Dict dict) {
        dict.items.values().forEach(open::push);
      } else if (object instanceof Sequence sequence) {
        sequence.items.forEach(open::push);
      } else if (object instanceof Tensor tensor) {
        Storage storage = tensor.storage();
        Storage before = storages.put(storage.key(), storage);
        if (before != null && !before.equals(storage)) {
          throw new CheckpointException(
              "%s is refused: storage %s is described twice, differently"
                  .formatted(path, storage.key()));
        }
      }
    }
    return storages;
  }
}
