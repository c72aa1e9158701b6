package org.omnimamba.standalone.deployment;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service reads from its environment: the settings that its own code and its libraries
 * describe in their metadata, and the records that its own settings are bound to.
 */
enum ServiceSettings {
  GATEWAY("gateway", "gateway-service", "org.omnimamba.gateway", GatewayRecords.class),
  INFERENCE("inference", "inference-service", "org.omnimamba.inference", InferenceRecords.class),
  JOBS("jobs", "job-service", "org.omnimamba.jobs", JobsRecords.class);

  /** The name of the component in the chart and in the compose file. */
  final String component;

  private final String configuration;
  private final String ownPackage;
  private final Class<?> records;

  ServiceSettings(String component, String configuration, String ownPackage, Class<?> records) {
    this.component = component;
    this.configuration = configuration;
    this.ownPackage = ownPackage;
    this.records = records;
  }

  /** The names that no setting has, of the variables that look like one. */
  List<String> unknown(Map<String, String> environment) throws IOException {
    Map<String, String> known = known();
    TreeSet<String> unknown = new TreeSet<>();
    for (String name : environment.keySet()) {
      if (!isKnown(name, known)) {
        unknown.add(name);
      }
    }
    return List.copyOf(unknown);
  }

  private static boolean isKnown(String name, Map<String, String> known) {
    if (known.containsKey(name) || known.containsKey(name.replaceFirst("_\\d+$", ""))) {
      return true;
    }
    // a map's entries have names of their own
    return known.entrySet().stream()
        .anyMatch(
            setting ->
                setting.getValue().startsWith("java.util.Map<")
                    && name.startsWith(setting.getKey() + "_"));
  }

  /** Binds and checks all settings of the service; what is wrong is an exception. */
  void bind(Map<String, String> variables) throws IOException {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.setEnvironment(environment(variables));
      context.register(records);
      context.refresh();
    }
  }

  /** A setting as the service sees it: from the variables, else from its own configuration. */
  String value(Map<String, String> variables, String setting) throws IOException {
    return environment(variables).getProperty(setting);
  }

  private StandardEnvironment environment(Map<String, String> variables) throws IOException {
    StandardEnvironment environment =
        new StandardEnvironment() {
          @Override
          protected void customizePropertySources(MutablePropertySources sources) {
            sources.addLast(
                new SystemEnvironmentPropertySource(
                    SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(variables)));
          }
        };
    for (PropertySource<?> source :
        new YamlPropertySourceLoader()
            .load(configuration, new ClassPathResource(configuration + ".yml"))) {
      environment.getPropertySources().addLast(source);
    }
    ConfigurationPropertySources.attach(environment);
    return environment;
  }

  /** Types of settings by the name of their variable. */
  private Map<String, String> known() throws IOException {
    Map<String, String> known = new LinkedHashMap<>();
    for (String file :
        List.of("spring-configuration-metadata", "additional-spring-configuration-metadata")) {
      for (URL url :
          Collections.list(
              getClass().getClassLoader().getResources("META-INF/" + file + ".json"))) {
        try (InputStream stream = url.openStream()) {
          for (JsonNode property : new JsonMapper().readTree(stream).path("properties")) {
            if (isRead(property)) {
              add(known, property.path("name").asString(), property.path("type").asString(""));
            }
          }
        }
      }
    }
    return known;
  }

  /** A record of our own in a file of its own is one property in the metadata: its parts count. */
  private static void add(Map<String, String> known, String name, String type) {
    known.put(variable(name), type);
    if (type.startsWith("org.omnimamba.")) {
      Class<?> record = ClassUtils.resolveClassName(type, null);
      if (record.isRecord()) {
        for (RecordComponent component : record.getRecordComponents()) {
          add(known, name + "." + component.getName(), component.getGenericType().getTypeName());
        }
      }
    }
  }

  /** Settings of the other services are not read by this one. */
  private boolean isRead(JsonNode property) {
    String source = property.path("sourceType").asString("");
    return !source.startsWith("org.omnimamba.")
        || source.startsWith(ownPackage + ".")
        || source.startsWith("org.omnimamba.web.");
  }

  private static String variable(String setting) {
    return setting.toUpperCase(Locale.ROOT).replace("-", "").replace('.', '_');
  }

  // by name: a test of org.omnimamba.web.settings, which is on the path, has settings of its own
  @ConfigurationPropertiesScan({
    "org.omnimamba.gateway",
    "org.omnimamba.web.database",
    "org.omnimamba.web.internal",
    "org.omnimamba.web.shutdown"
  })
  static class GatewayRecords {}

  @ConfigurationPropertiesScan({
    "org.omnimamba.inference",
    "org.omnimamba.web.database",
    "org.omnimamba.web.internal",
    "org.omnimamba.web.shutdown"
  })
  static class InferenceRecords {}

  @ConfigurationPropertiesScan({
    "org.omnimamba.jobs",
    "org.omnimamba.web.database",
    "org.omnimamba.web.internal",
    "org.omnimamba.web.shutdown"
  })
  static class JobsRecords {}
}
