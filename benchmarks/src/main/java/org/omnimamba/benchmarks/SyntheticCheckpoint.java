package org.omnimamba.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.tensorflow.ndarray.Shape;

/**
 * Writes a {@code .pth} as {@code torch.save} would, with a model's real names and shapes, and the
 * float32 values that a model has before training. Tied tensors share a storage.
 *
 * <p>Arguments: {@code 1.3b|l|small|tiny} and the file. A {@code config.json}, and a {@code
 * tokenizer.json} that knows single bytes, are written beside it. OmniMamba-1.3B takes 9.12 GB of
 * disk and 1 GB of memory.
 */
public final class SyntheticCheckpoint {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long SEED = 1;

  private final TensorSource values;

  private SyntheticCheckpoint(TensorSource values) {
    this.values = values;
  }

  public static void main(String[] args) throws IOException {
    ModelConfig config = BenchmarkSizes.named(args[0]);
    Path file = Path.of(args[1]);
    write(file, config);
    ConfigWriter.write(file.resolveSibling("config.json"), config);
    Files.writeString(
        file.resolveSibling("tokenizer.json"), TokenizerDefinitions.bytesOnly(config));
  }

  /** Writes the file; one tensor at a time is in memory. */
  static void write(Path file, ModelConfig config) throws IOException {
    try (InitialTensors values = new InitialTensors(config, SEED)) {
      new SyntheticCheckpoint(values).run(file, TensorSchema.of(config).stateDict());
    }
  }

  private void run(Path file, Map<String, Shape> stateDict) throws IOException {
    Map<String, Integer> storages = new LinkedHashMap<>();
    for (String name : stateDict.keySet()) {
      if (!TensorSchema.TIED.containsKey(name)) {
        storages.put(name, storages.size());
      }
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      byte[] pickle = pickle(stateDict, storages);
      put(zip, "archive/data.pkl", pickle.length, out -> out.write(pickle));
      put(zip, "archive/byteorder", 6, out -> out.write(ascii("little")));
      for (Map.Entry<String, Shape> tensor : stateDict.entrySet()) {
        Integer storage = storages.get(tensor.getKey());
        if (storage != null) {
          long bytes = tensor.getValue().size() * Float.BYTES;
          put(zip, "archive/data/" + storage, bytes, out -> copy(tensor.getKey(), bytes, out));
        }
      }
      put(zip, "archive/version", 2, out -> out.write(ascii("3\n")));
    }
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** A stored entry states its checksum first, so its content is made twice. */
  private static void put(ZipOutputStream zip, String name, long bytes, Content content)
      throws IOException {
    CRC32 checksum = new CRC32();
    content.writeTo(
        new OutputStream() {
          @Override
          public void write(int value) {
            checksum.update(value);
          }

          @Override
          public void write(byte[] source, int offset, int length) {
            checksum.update(source, offset, length);
          }
        });
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes);
    entry.setCompressedSize(bytes);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }

  private void copy(String name, long bytes, OutputStream out) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = 0; at < bytes; at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), bytes - at));
      values.readInto(name, at, piece);
      out.write(piece.array(), 0, piece.limit());
    }
  }

  /** The instructions of pickle protocol 2 that build an OrderedDict of tensors. */
  private static byte[] pickle(Map<String, Shape> stateDict, Map<String, Integer> storages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    out.writeBytes(ascii("ccollections\nOrderedDict\n)R("));
    stateDict.forEach(
        (name, shape) -> {
          String stored = TensorSchema.TIED.getOrDefault(name, name);
          text(out, name);
          out.writeBytes(ascii("ctorch._utils\n_rebuild_tensor_v2\n(("));
          text(out, "storage");
          out.writeBytes(ascii("ctorch\nFloatStorage\n"));
          text(out, String.valueOf(storages.get(stored)));
          text(out, "cuda:0");
          integer(out, shape.size());
          out.writeBytes(ascii("tQ"));
          integer(out, 0);
          sizesAndStrides(out, shape.asArray());
          out.write(0x89);
          out.writeBytes(ascii("ccollections\nOrderedDict\n)RtR"));
        });
    out.writeBytes(ascii("u."));
    return out.toByteArray();
  }

  private static void sizesAndStrides(ByteArrayOutputStream out, long[] shape) {
    out.write('(');
    for (long size : shape) {
      integer(out, size);
    }
    out.writeBytes(ascii("t("));
    long stride = 1;
    long[] strides = new long[shape.length];
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    for (long value : strides) {
      integer(out, value);
    }
    out.write('t');
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.write('X');
    out.writeBytes(littleEndian(text.length()));
    out.writeBytes(ascii(text));
  }

  private static void integer(ByteArrayOutputStream out, long value) {
    out.write('J');
    out.writeBytes(littleEndian(Math.toIntExact(value)));
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
