package org.omnimamba.rehearsal;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the plain maps and lists that YAML is parsed into. */
final class Tree {
  private Tree() {}

  /** The value as a map; an empty one for null. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  /** The value as a list; an empty one for null. */
  @SuppressWarnings("unchecked")
  static List<Object> list(@Nullable Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }

  static List<Map<String, Object>> maps(@Nullable Object value) {
    return list(value).stream().map(Tree::map).toList();
  }

  /** The value at a path of keys, or null where one is missing. */
  static @Nullable Object at(Map<String, Object> map, String... path) {
    Object value = map;
    for (String key : path) {
      if (!(value instanceof Map<?, ?> here)) {
        return null;
      }
      value = here.get(key);
    }
    return value;
  }

  static int number(@Nullable Object value, int otherwise) {
    return value == null ? otherwise : Integer.parseInt(String.valueOf(value));
  }
}
