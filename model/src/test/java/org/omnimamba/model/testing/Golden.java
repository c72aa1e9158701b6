package org.omnimamba.model.testing;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Golden numbers of one case: {@code oracle/<case>.safetensors} and the {@code .json} beside it.
 * Opened once per JVM.
 */
public final class Golden {
  private static final Map<String, Golden> CASES = new ConcurrentHashMap<>();

  private final String name;
  private final SafetensorsReader tensors;

  private Golden(String name) {
    this.name = name;
    this.tensors = Safetensors.open(OracleFiles.path(name + ".safetensors"));
  }

  /** For example {@code of("backbone-tiny")}. */
  public static Golden of(String name) {
    return CASES.computeIfAbsent(name, Golden::new);
  }

  /** A JSON file alone, for example {@code json("sampling-cases")}. */
  public static JsonNode json(String name) {
    return JsonMapper.shared().readTree(OracleFiles.path(name + ".json"));
  }

  /** The JSON file of this case. */
  public JsonNode json() {
    return json(name);
  }

  public Set<String> names() {
    return tensors.names();
  }

  public boolean has(String tensor) {
    return tensors.names().contains(tensor);
  }

  public long[] shape(String tensor) {
    return tensors.info(tensor).shape().asArray();
  }

  /** Row-major values, widened to float32. */
  public float[] floats(String tensor) {
    return tensors.readFloats(tensor);
  }

  public long[] longs(String tensor) {
    return tensors.readLongs(tensor);
  }

  /** Integer values that fit an {@code int}, such as token ids. */
  public int[] ints(String tensor) {
    long[] longs = longs(tensor);
    int[] ints = new int[longs.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(longs[i]);
    }
    return ints;
  }

  public byte[] bytes(String tensor) {
    return tensors.readBytes(tensor);
  }

  /** Part {@code index} of {@code count} equal ones, such as a row of a batch. */
  public static float[] part(float[] all, int index, int count) {
    int size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  /** {@link #part(float[], int, int)} of whole numbers. */
  public static int[] part(int[] all, int index, int count) {
    int size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }
}
