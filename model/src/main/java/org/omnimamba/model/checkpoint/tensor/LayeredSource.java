package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Several sources as one: a tensor comes from the last source that has it. So the results of later
 * training stages stand over those of earlier ones. Owns its sources.
 */
public final class LayeredSource implements TensorSource {
  private final List<TensorSource> layers;
  private final Map<String, TensorSource> owners = new LinkedHashMap<>();

  /**
   * @param layers from the lowest to the topmost
   */
  public LayeredSource(List<? extends TensorSource> layers) {
    this.layers = List.copyOf(layers);
    for (TensorSource layer : layers) {
      layer.names().forEach(name -> owners.put(name, layer));
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(owners.keySet());
  }

  /**
   * How many tensors are read from a layer.
   *
   * @param layer its index
   */
  public long tensorsFrom(int layer) {
    TensorSource source = layers.get(layer);
    return owners.values().stream().filter(owner -> owner == source).count();
  }

  @Override
  public TensorInfo info(String name) {
    return owner(name).info(name);
  }

  @Override
  public Optional<Int8Matrix> int8(String name) {
    return owner(name).int8(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    owner(name).readInto(name, offset, target);
  }

  private TensorSource owner(String name) {
    TensorSource owner = owners.get(name);
    if (owner == null) {
      throw new CheckpointException("there is no tensor " + name);
    }
    return owner;
  }

  /** Closes all layers, also when one of them fails. */
  @Override
  public void close() {
    List<RuntimeException> failures = new ArrayList<>();
    for (TensorSource layer : layers) {
      try {
        layer.close();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }
}
