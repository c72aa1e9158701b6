package org.omnimamba.training.step;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsWriter;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.device.DeviceVariable;

/**
 * Saves and loads everything that the next step depends on: masters and both moments as {@code
 * master/NAME}, {@code moment1/NAME} and {@code moment2/NAME} in one safetensors file, and the
 * step's number in its header. A file appears whole or not at all.
 */
public final class TrainingState {
  private static final String MASTER = "master/";
  private static final String MOMENT1 = "moment1/";
  private static final String MOMENT2 = "moment2/";
  private static final String STEP = "step";
  private static final int PIECE = 1 << 18;

  private TrainingState() {}

  /**
   * Writes the state; replaces the file if it exists.
   *
   * @param notes free text that {@link #load} gives back
   */
  static void save(
      Path file, TrainableParameters parameters, TrainStep step, Map<String, String> notes) {
    Map<String, String> header = new LinkedHashMap<>(notes);
    header.put(STEP, Long.toString(step.step()));
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    for (TrainablePack pack : parameters.packs()) {
      for (String kind : new String[] {MASTER, MOMENT1, MOMENT2}) {
        for (String name : pack.masters().tensors()) {
          tensors.put(kind + name, new TensorInfo(Dtype.F32, pack.masters().shape(name)));
        }
      }
    }
    write(
        file,
        tensors,
        header,
        writer -> {
          for (TrainablePack pack : parameters.packs()) {
            append(writer, MASTER, parameters, pack, pack.masters().values());
            append(writer, MOMENT1, parameters, pack, pack.moment1());
            append(writer, MOMENT2, parameters, pack, pack.moment2());
          }
        });
  }

  /**
   * Writes the trained parameters alone, in float32 under their checkpoint names; what later stages
   * and the export read.
   */
  static void saveTrained(Path file, TrainableParameters parameters) {
    Map<String, float[]> values = parameters.readTrained();
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    for (String name : values.keySet()) {
      tensors.put(name, new TensorInfo(Dtype.F32, parameters.shape(name)));
    }
    write(
        file,
        tensors,
        Map.of(),
        writer -> values.forEach((name, elements) -> append(writer, name, elements)));
  }

  /**
   * Continues from a file: overwrites masters and moments, and sets the step.
   *
   * @return the notes it was saved with
   * @throws CheckpointException if the file is damaged or of other parameters; nothing is changed
   */
  static Map<String, String> load(Path file, TrainableParameters parameters, TrainStep step) {
    try (SafetensorsReader reader = Safetensors.open(file)) {
      long number = check(file, reader, parameters);
      for (TrainablePack pack : parameters.packs()) {
        restore(reader, MASTER, parameters, pack, pack.masters().values());
        restore(reader, MOMENT1, parameters, pack, pack.moment1());
        restore(reader, MOMENT2, parameters, pack, pack.moment2());
      }
      step.continueAt(number);
      return notes(reader);
    }
  }

  /** The notes that a file was saved with. */
  public static Map<String, String> notes(Path file) {
    try (SafetensorsReader reader = Safetensors.open(file)) {
      return notes(reader);
    }
  }

  private static Map<String, String> notes(SafetensorsReader reader) {
    Map<String, String> notes = new LinkedHashMap<>(reader.metadata());
    notes.remove(STEP);
    return notes;
  }

  private static long check(Path file, SafetensorsReader reader, TrainableParameters parameters) {
    for (TrainablePack pack : parameters.packs()) {
      for (String name : pack.masters().tensors()) {
        for (String kind : new String[] {MASTER, MOMENT1, MOMENT2}) {
          if (!reader.names().contains(kind + name)
              || !reader.info(kind + name).shape().equals(pack.masters().shape(name))) {
            throw mismatch(file, kind + name);
          }
        }
      }
    }
    if (reader.names().size() != 3 * parameters.names().size()) {
      throw mismatch(file, "the number of tensors");
    }
    try {
      return Long.parseLong(reader.metadata().getOrDefault(STEP, ""));
    } catch (NumberFormatException e) {
      throw mismatch(file, STEP);
    }
  }

  private static CheckpointException mismatch(Path file, String what) {
    return new CheckpointException(
        "%s belongs to another training (%s does not fit): choose another output, or delete it"
            .formatted(file, what));
  }

  private static void restore(
      SafetensorsReader reader,
      String kind,
      TrainableParameters parameters,
      TrainablePack pack,
      DeviceVariable variable) {
    float[] elements = new float[Math.toIntExact(variable.shape().size())];
    for (String name : pack.masters().tensors()) {
      pack.masters().paste(elements, name, reader.readFloats(kind + name));
    }
    parameters.variables().assign(variable, memory -> memory.data().asFloats().write(elements));
  }

  /** Writes tensors in the order in which they were announced. */
  private interface Content {
    void writeTo(SafetensorsWriter writer);
  }

  private static void write(
      Path file, Map<String, TensorInfo> tensors, Map<String, String> header, Content content) {
    Path staged = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(staged);
      try (SafetensorsWriter writer = SafetensorsWriter.create(staged, tensors, header)) {
        content.writeTo(writer);
      }
      Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static void append(
      SafetensorsWriter writer,
      String kind,
      TrainableParameters parameters,
      TrainablePack pack,
      DeviceVariable variable) {
    float[] elements = parameters.variables().readFloats(variable);
    for (String name : pack.masters().tensors()) {
      append(writer, kind + name, pack.masters().cut(elements, name));
    }
  }

  private static void append(SafetensorsWriter writer, String name, float[] elements) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < elements.length; at += PIECE) {
      int count = Math.min(PIECE, elements.length - at);
      buffer.clear();
      buffer.asFloatBuffer().put(elements, at, count);
      writer.append(name, buffer.limit(4 * count));
    }
  }
}
