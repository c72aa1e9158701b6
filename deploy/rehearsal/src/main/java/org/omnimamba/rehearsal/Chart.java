package org.omnimamba.rehearsal;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * The chart as Helm renders it, and what a cluster would make of its objects.
 *
 * @param containers one for each workload
 * @param services ClusterIP and headless services
 */
record Chart(List<Container> containers, List<Service> services) {
  /** Name of the release. */
  static final String RELEASE = "omni";

  /**
   * A service of the chart.
   *
   * @param component whose replicas are its endpoints
   * @param headless whether its name has the replicas' addresses
   * @param unready whether addresses of replicas that are not ready are published too
   * @param ports port of the service to the name of the container's port
   */
  record Service(
      String name,
      String component,
      boolean headless,
      boolean unready,
      Map<Integer, String> ports) {}

  /** Renders the chart with values as of {@code helm --set}. */
  static Chart render(Path root, Map<String, String> values, Path model) {
    TemplateCommand template =
        new Helm(root.resolve("helm/omnimamba"))
            .template()
            .withName(RELEASE)
            .withKubeVersion("1.31.0");
    values.forEach(template::set);
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object object : new Yaml().loadAll(template.call())) {
      if (object != null) {
        objects.add(Tree.map(object));
      }
    }
    Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
    for (Map<String, Object> secret : of(objects, "Secret")) {
      secrets.put(name(secret), contents(secret));
    }
    List<Container> containers = new ArrayList<>();
    for (String kind : List.of("StatefulSet", "Deployment")) {
      for (Map<String, Object> workload : of(objects, kind)) {
        containers.add(container(workload, secrets, model));
      }
    }
    return new Chart(containers, of(objects, "Service").stream().map(Chart::service).toList());
  }

  private static List<Map<String, Object>> of(List<Map<String, Object>> objects, String kind) {
    return objects.stream().filter(object -> kind.equals(object.get("kind"))).toList();
  }

  private static String name(Map<String, Object> object) {
    return String.valueOf(Tree.at(object, "metadata", "name"));
  }

  private static Map<String, String> contents(Map<String, Object> secret) {
    Map<String, String> contents = new LinkedHashMap<>();
    Tree.map(secret.get("stringData"))
        .forEach((key, value) -> contents.put(key, String.valueOf(value)));
    Tree.map(secret.get("data"))
        .forEach(
            (key, value) ->
                contents.put(
                    key,
                    new String(
                        Base64.getDecoder().decode(String.valueOf(value)),
                        StandardCharsets.UTF_8)));
    return contents;
  }

  private static Service service(Map<String, Object> object) {
    Map<Integer, String> ports = new LinkedHashMap<>();
    for (Map<String, Object> port : Tree.maps(Tree.at(object, "spec", "ports"))) {
      ports.put(Tree.number(port.get("port"), 0), String.valueOf(port.get("targetPort")));
    }
    return new Service(
        name(object),
        String.valueOf(Tree.at(object, "spec", "selector", "app.kubernetes.io/component")),
        "None".equals(Tree.at(object, "spec", "clusterIP")),
        Boolean.TRUE.equals(Tree.at(object, "spec", "publishNotReadyAddresses")),
        ports);
  }

  private static Container container(
      Map<String, Object> workload, Map<String, Map<String, String>> secrets, Path model) {
    Map<String, Object> pod = Tree.map(Tree.at(workload, "spec", "template", "spec"));
    Map<String, Object> container = Tree.maps(pod.get("containers")).get(0);
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (Map<String, Object> port : Tree.maps(container.get("ports"))) {
      ports.put(String.valueOf(port.get("name")), Tree.number(port.get("containerPort"), 0));
    }
    Map<String, Object> claims = new LinkedHashMap<>();
    for (Map<String, Object> volume : Tree.maps(pod.get("volumes"))) {
      claims.put(String.valueOf(volume.get("name")), volume.containsKey("persistentVolumeClaim"));
    }
    List<String> writable = new ArrayList<>();
    Map<String, Path> mounts = new LinkedHashMap<>();
    for (Map<String, Object> mount : Tree.maps(container.get("volumeMounts"))) {
      String place = String.valueOf(mount.get("mountPath"));
      if (Boolean.TRUE.equals(claims.get(String.valueOf(mount.get("name"))))) {
        mounts.put(place, model);
      } else {
        writable.add(place);
      }
    }
    return new Container(
        String.valueOf(container.get("name")),
        Tree.number(Tree.at(workload, "spec", "replicas"), 1),
        "StatefulSet".equals(workload.get("kind")),
        environment(container, secrets),
        ports,
        writable,
        mounts,
        Quantity.bytes(Tree.at(container, "resources", "limits", "memory")),
        Tree.number(pod.get("terminationGracePeriodSeconds"), 30),
        preStop(container),
        probe(container.get("startupProbe"), ports),
        probe(container.get("livenessProbe"), ports),
        java.util.Objects.requireNonNull(
            probe(container.get("readinessProbe"), ports), "a container without readiness"));
  }

  private static Map<String, String> environment(
      Map<String, Object> container, Map<String, Map<String, String>> secrets) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Map<String, Object> variable : Tree.maps(container.get("env"))) {
      String name = String.valueOf(variable.get("name"));
      Object value = variable.get("value");
      Object secret = Tree.at(variable, "valueFrom", "secretKeyRef", "name");
      if (value != null) {
        environment.put(name, String.valueOf(value));
      } else if (secret != null) {
        String key = String.valueOf(Tree.at(variable, "valueFrom", "secretKeyRef", "key"));
        String text = secrets.getOrDefault(String.valueOf(secret), Map.of()).get(key);
        boolean optional =
            Boolean.TRUE.equals(Tree.at(variable, "valueFrom", "secretKeyRef", "optional"));
        if (text == null && !optional) {
          throw new IllegalStateException(name + " asks for a missing key: " + secret + "/" + key);
        }
        if (text != null) {
          environment.put(name, text);
        }
      }
    }
    return environment;
  }

  private static int preStop(Map<String, Object> container) {
    Object sleep = Tree.at(container, "lifecycle", "preStop", "sleep", "seconds");
    if (sleep != null) {
      return Tree.number(sleep, 0);
    }
    String command = String.valueOf(Tree.at(container, "lifecycle", "preStop", "exec", "command"));
    String digits = command.replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  private static Container.@Nullable Probe probe(
      @Nullable Object value, Map<String, Integer> ports) {
    if (value == null) {
      return null;
    }
    Map<String, Object> probe = Tree.map(value);
    String port = String.valueOf(Tree.at(probe, "httpGet", "port"));
    Integer number = ports.get(port);
    return new Container.Probe(
        String.valueOf(Tree.at(probe, "httpGet", "path")),
        number == null ? Integer.parseInt(port) : number,
        Tree.number(probe.get("periodSeconds"), 10),
        Tree.number(probe.get("timeoutSeconds"), 1),
        Tree.number(probe.get("failureThreshold"), 3));
  }
}
