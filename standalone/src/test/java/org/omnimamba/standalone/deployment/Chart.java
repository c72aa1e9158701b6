package org.omnimamba.standalone.deployment;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The chart, rendered with values as an operator would, through Helm's own engine. */
final class Chart {
  static final Path FOLDER = Path.of("..", "helm", "omnimamba").toAbsolutePath().normalize();

  /** The least that must be given. */
  static final String LEAST =
      """
      publicUrl: https://api.example.com
      database: {host: postgres.example}
      model: {existingClaim: models}
      secrets:
        apiKey: om_0123456789abcdef
        databasePassword: secret
        internalToken: 0123456789abcdef
        webhookKey: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
      """;

  static final String GPU = "inference: {gpu: {enabled: true, compiledVolume: 2Gi}}";

  static final String SCALED =
      """
      keda: {prometheusAddress: "http://prometheus.monitoring:9090"}
      inference: {autoscaling: {enabled: true, minReplicas: 2}}
      jobs: {autoscaling: {enabled: true}}
      gateway:
        autoscaling: {enabled: true}
        ingress: {enabled: true, host: api.example.com, tlsSecret: tls}
      podMonitor: {enabled: true, labels: {release: prometheus}}
      prometheusRule: {enabled: true, labels: {release: prometheus}}
      dashboards: {enabled: true}
      """;

  static final String S3_AND_REDIS =
      """
      s3: {bucket: results, endpoint: "https://s3.example.com", pathStyle: true, existingSecret: s3}
      redis: {existingSecret: redis}
      tracing: {endpoint: "http://collector.monitoring:4318/v1/traces"}
      trustStore: {configMap: trust}
      jobs:
        serviceAccount: {create: true, annotations: {role: results}}
        envFrom: [{configMapRef: {name: more}}]
        extraEnv:
          - name: OMNIMAMBA_JOBS_WEBHOOKS_TIMEOUT
            value: 20s
      """;

  /** What CloudNativePG makes of a cluster, and a secret of the operator's own. */
  static final String EXISTING_SECRETS =
      """
      existingSecret: mine
      database:
        host: ""
        existingSecret: pg-app
        secretKeys: {host: host, port: port, name: dbname}
        sslMode: verify-full
        sslRootCert: {secret: pg-ca}
        migration: {job: true, existingSecret: pg-owner}
      """;

  static final String ROUTE =
      """
      publicUrl: ""
      gateway:
        httpRoute:
          enabled: true
          hostnames: [api.example.org]
          parentRefs: [{name: public, namespace: gateways}]
      """;

  static final String MODEL_FETCHED =
      """
      model: {existingClaim: ""}
      inference:
        initContainers:
          - name: fetch
            image: registry.example/fetch:1
            volumeMounts: [{name: model, mountPath: /model}]
        extraVolumes: [{name: model, emptyDir: {sizeLimit: 10Gi}}]
      networkPolicy: {enabled: false}
      """;

  static final String MODEL_SOURCE =
      """
      model:
        existingClaim: ""
        source: "hf:hustvl/OmniMamba@0123456789012345678901234567890123456789"
        fetch:
          dtype: bf16
          arguments: [--vq, "hf:some/tokenizer:vq.pt"]
          tokenSecret: hub
          env: {HTTPS_PROXY: "http://proxy.example:3128"}
      trustStore: {configMap: trust}
      """;

  /** Every way of deploying that is tested, by name: values beside {@link #LEAST}. */
  static final Map<String, String> VARIANTS =
      Map.of(
          "defaults", "",
          "GPU", GPU,
          "scaled", SCALED,
          "S3 and Redis", S3_AND_REDIS,
          "existing secrets", EXISTING_SECRETS,
          "HTTPRoute", ROUTE,
          "model fetched", MODEL_FETCHED,
          "model source", MODEL_SOURCE);

  private static final Path RENDERED = withoutHooks();

  private Chart() {}

  /**
   * The chart's objects by {@code Kind/name}, in order, with {@link #LEAST} and these values, of
   * which later ones win.
   */
  static Map<String, Map<String, Object>> render(String... values) {
    String[] all = new String[values.length + 1];
    all[0] = LEAST;
    System.arraycopy(values, 0, all, 1, values.length);
    return renderFor("1.31.0", all);
  }

  /** The same for a version of Kubernetes, without {@link #LEAST}. */
  static Map<String, Map<String, Object>> renderFor(String kubernetes, String... values) {
    Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
    for (Object document : new Yaml().loadAll(text(kubernetes, values))) {
      if (document != null) {
        Map<String, Object> object = Yamls.map(document);
        objects.put(object.get("kind") + "/" + Yamls.at(object, "metadata", "name"), object);
      }
    }
    return objects;
  }

  /**
   * A copy in which the objects of hooks, which Helm's rendering leaves out, are objects like
   * others.
   */
  private static Path withoutHooks() {
    try (Stream<Path> files = Files.walk(FOLDER, FileVisitOption.FOLLOW_LINKS)) {
      Path copy = Files.createTempDirectory("chart").resolve(FOLDER.getFileName());
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(FOLDER.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(file).replace("helm.sh/hook:", "tested.helm.sh/hook:"));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String kubernetes, String... values) {
    TemplateCommand command =
        new Helm(RENDERED)
            .template()
            .withName("omni")
            .withNamespace("default")
            .withKubeVersion(kubernetes);
    Path[] files = new Path[values.length];
    try {
      for (int i = 0; i < values.length; i++) {
        files[i] = Files.writeString(Files.createTempFile("values", ".yaml"), values[i]);
        command.withValuesFile(files[i]);
      }
      return command.call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      for (Path file : files) {
        if (file != null) {
          file.toFile().delete();
        }
      }
    }
  }
}
