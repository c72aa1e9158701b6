package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** A checkpoint whose tensors under one prefix come from another file, which lacks the prefix. */
public final class OverlaidSource implements TensorSource {
  private final TensorSource base;
  private final TensorSource part;
  private final String prefix;
  private final Set<String> names;

  public OverlaidSource(TensorSource base, TensorSource part, String prefix) {
    this.base = base;
    this.part = part;
    this.prefix = prefix;
    Set<String> all = new LinkedHashSet<>();
    part.names().forEach(name -> all.add(prefix + name));
    base.names().stream().filter(name -> !name.startsWith(prefix)).forEach(all::add);
    this.names = Collections.unmodifiableSet(all);
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public TensorInfo info(String name) {
    return name.startsWith(prefix) ? part.info(local(name)) : base.info(name);
  }

  @Override
  public Optional<Int8Matrix> int8(String name) {
    return name.startsWith(prefix) ? part.int8(local(name)) : base.int8(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    if (name.startsWith(prefix)) {
      part.readInto(local(name), offset, target);
    } else {
      base.readInto(name, offset, target);
    }
  }

  private String local(String name) {
    return name.substring(prefix.length());
  }

  @Override
  public void close() {
    try (base) {
      part.close();
    }
  }
}
