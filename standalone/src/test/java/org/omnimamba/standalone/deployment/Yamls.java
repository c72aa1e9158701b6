package org.omnimamba.standalone.deployment;

import java.util.List;
import java.util.Map;

/** Reads documents of maps and lists. */
final class Yamls {
  private Yamls() {}

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(Object value) {
    return value == null ? List.of() : (List<Map<String, Object>>) value;
  }

  /** What lies under the keys and, where a key is a number, places of lists; null where none is. */
  static Object at(Object value, Object... path) {
    for (Object key : path) {
      if (value == null) {
        return null;
      }
      value = key instanceof Integer i ? ((List<?>) value).get(i) : map(value).get(key);
    }
    return value;
  }
}
