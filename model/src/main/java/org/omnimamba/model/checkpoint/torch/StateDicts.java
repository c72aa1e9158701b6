package org.omnimamba.model.checkpoint.torch;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Dict;
import org.omnimamba.model.checkpoint.torch.PickleObjects.PickleList;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Storage;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Tensor;

/** Finds the tensors in an unpickled object. */
final class StateDicts {
  /** Of dicts in dicts; real files need two. */
  private static final int MAX_DEPTH = 4;

  private static final int MAX_SHOWN = 8;
  private static final int MAX_NAME = 80;
  private static final String TOP = "(top level)";
  private static final List<String> TRAINING_STATES = List.of("optim", "sched", "scaler", "rng");

  private StateDicts() {}

  /**
   * The tensors of the one state dict in the object: the root dict, or a dict in it under whatever
   * name ({@code {"model": ..., "optimizer": ..., "step": ...}}). Dicts under names of optimizers
   * and the like are passed over. Single numbers and random states beside a dict that holds tensors
   * do not make a state dict of the dict around it.
   *
   * @throws CheckpointException if there is none, or more than one
   */
  static Map<String, Tensor> find(Path path, Object root) {
    if (!(root instanceof Dict dict)) {
      throw new CheckpointException("%s is refused: it holds no dict".formatted(path));
    }
    List<Candidate> candidates = new ArrayList<>();
    collect(dict, "", 0, Collections.newSetFromMap(new IdentityHashMap<>()), candidates);
    if (candidates.size() == 1) {
      return tensors(candidates.get(0).dict());
    }
    if (candidates.isEmpty()) {
      throw new CheckpointException("%s is refused: it holds no tensors".formatted(path));
    }
    throw new CheckpointException(
        "%s is refused: it holds several state dicts: %s; save the one that is meant alone"
            .formatted(path, shown(candidates)));
  }

  /**
   * @param path names of the dicts around it and of itself
   */
  private record Candidate(String path, Dict dict) {}

  /** Adds the state dicts in {@code dict}, or itself. */
  private static void collect(
      Dict dict, String path, int depth, Set<Object> seen, List<Candidate> candidates) {
    if (depth > MAX_DEPTH || candidates.size() > MAX_SHOWN || !seen.add(dict)) {
      return;
    }
    int before = candidates.size();
    dict.items.forEach(
        (key, value) -> {
          String name = start(key);
          if (value instanceof Dict inner && !isTrainingState(name)) {
            String inside = path.isEmpty() ? name : path + "." + name;
            collect(inner, inside, depth + 1, seen, candidates);
          }
        });
    boolean holdsOthers = candidates.size() > before;
    boolean holdsTensors =
        dict.items.entrySet().stream()
            .anyMatch(item -> isParameter(item.getKey(), item.getValue(), holdsOthers));
    if (holdsTensors) {
      candidates.add(new Candidate(path.isEmpty() ? TOP : path, dict));
    }
  }

  /**
   * @param besideOthers whether the dict holds a state dict, so that single numbers and random
   *     states are something else
   */
  private static boolean isParameter(Object key, Object value, boolean besideOthers) {
    if (!(key instanceof String name) || !(value instanceof Tensor tensor)) {
      return false;
    }
    return !besideOthers
        || (tensor.info().elements() > 1 && !lowerCase(start(name)).contains("rng"));
  }

  private static boolean isTrainingState(String name) {
    return TRAINING_STATES.stream().anyMatch(lowerCase(name)::contains);
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** A key as far as it is looked at: one long key may stand in many dicts. */
  private static String start(Object key) {
    String name = key.toString();
    return name.substring(0, Math.min(MAX_NAME, name.length()));
  }

  private static String shown(List<Candidate> candidates) {
    String first =
        candidates.stream()
            .limit(MAX_SHOWN)
            .map(Candidate::path)
            .collect(Collectors.joining(", ", "[", ""));
    return first + (candidates.size() > MAX_SHOWN ? ", ...]" : "]");
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
      } else if (object instanceof PickleList sequence) {
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
