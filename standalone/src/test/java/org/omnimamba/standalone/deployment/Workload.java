package org.omnimamba.standalone.deployment;

import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Deployment or StatefulSet of the rendered chart. */
record Workload(Map<String, Map<String, Object>> objects, Map<String, Object> object) {

  static Workload of(Map<String, Map<String, Object>> objects, String component) {
    String kind = component.equals("inference") ? "StatefulSet" : "Deployment";
    return new Workload(objects, objects.get(kind + "/omni-" + component));
  }

  Map<String, Object> pod() {
    return map(at(object, "spec", "template", "spec"));
  }

  Map<String, Object> container() {
    return map(at(pod(), "containers", 0));
  }

  /** Ports by their name. */
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (Map<String, Object> port : maps(container().get("ports"))) {
      ports.put((String) port.get("name"), (Integer) port.get("containerPort"));
    }
    return ports;
  }

  /** Variables; those from Secrets as {@code secret:NAME/KEY}. A name that comes twice fails. */
  Map<String, String> environment() {
    Map<String, String> result = new LinkedHashMap<>();
    for (Map<String, Object> variable : maps(container().get("env"))) {
      Object value = variable.get("value");
      if (value == null) {
        Map<String, Object> key = map(at(variable, "valueFrom", "secretKeyRef"));
        value = "secret:" + key.get("name") + "/" + key.get("key");
      }
      if (!(value instanceof String text)) {
        throw new IllegalStateException(variable + " is no text: Kubernetes refuses it");
      }
      if (result.put((String) variable.get("name"), text) != null) {
        throw new IllegalStateException(variable.get("name") + " comes twice");
      }
    }
    return result;
  }

  /** Folders that a process in the container may write to. */
  List<String> writableFolders() {
    return maps(container().get("volumeMounts")).stream()
        .filter(mount -> !Boolean.TRUE.equals(mount.get("readOnly")))
        .map(mount -> (String) mount.get("mountPath"))
        .toList();
  }

  int gracePeriodSeconds() {
    return (Integer) pod().get("terminationGracePeriodSeconds");
  }
}
