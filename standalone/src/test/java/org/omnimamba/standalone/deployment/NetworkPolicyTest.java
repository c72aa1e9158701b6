package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may reach the services, and what they may reach. */
class NetworkPolicyTest {
  private static final Map<String, Object> DNS =
      Map.of(
          "ports",
          List.of(Map.of("port", 53, "protocol", "UDP"), Map.of("port", 53, "protocol", "TCP")));

  @Test
  void onlyTheGatewaysApiIsOpenAndMetricsAreForOneNamespace() {
    Map<String, Map<String, Object>> objects = Chart.render("");
    Map<String, Object> metrics =
        Map.of(
            "from",
            List.of(
                Map.of(
                    "namespaceSelector",
                    Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "monitoring")))),
            "ports",
            List.of(Map.of("port", "management")));
    assertThat(rules(objects, "gateway", "ingress"))
        .containsExactly(Map.of("ports", List.of(Map.of("port", "http"))), metrics);
    assertThat(rules(objects, "jobs", "ingress"))
        .containsExactly(peers("from", "gateway"), metrics);
    assertThat(rules(objects, "inference", "ingress"))
        .containsExactly(peers("from", "gateway", "jobs"), metrics);

    assertThat(
            rules(
                Chart.render("networkPolicy: {metricsNamespaceSelector: null}"),
                "gateway",
                "ingress"))
        .as("no selector is no pod, not every pod")
        .containsExactly(Map.of("ports", List.of(Map.of("port", "http"))));
  }

  @Test
  void inferenceReachesNothingButDns() {
    assertThat(rules(Chart.render(""), "inference", "egress")).containsExactly(DNS);
  }

  @Test
  void inferenceReachesTheHubWhereItsModelIsFetched() {
    assertThat(rules(Chart.render(Chart.MODEL_SOURCE), "inference", "egress"))
        .containsExactly(port(443), DNS);
    assertThat(
            rules(
                Chart.render(Chart.MODEL_SOURCE, "networkPolicy: {egress: {model: {port: 3128}}}"),
                "inference",
                "egress"))
        .containsExactly(port(3128), DNS);
  }

  @Test
  void theGatewayReachesTheServicesAndTheDatabase() {
    assertThat(rules(Chart.render("database: {port: 6432}"), "gateway", "egress"))
        .containsExactly(peers("to", "inference"), peers("to", "jobs"), port(6432), DNS);
  }

  @Test
  void whatIsSetIsReachable() {
    Map<String, Map<String, Object>> objects =
        Chart.render(
            Chart.S3_AND_REDIS
                + """
                networkPolicy:
                  egress:
                    s3: {port: 9000, to: [{ipBlock: {cidr: 192.0.2.0/24}}]}
                    extra: [{ports: [{port: 7777}]}]
                """);
    assertThat(rules(objects, "gateway", "egress")).contains(port(6379), port(4318));
    assertThat(rules(objects, "jobs", "egress"))
        .contains(port(4318), Map.of("ports", List.of(Map.of("port", 7777))))
        .contains(
            Map.of(
                "ports",
                List.of(Map.of("port", 9000, "protocol", "TCP")),
                "to",
                List.of(Map.of("ipBlock", Map.of("cidr", "192.0.2.0/24")))))
        .doesNotContain(port(6379));
  }

  @Test
  void thePortOfAnAddressIsOpenUnlessAnotherIsNamed() {
    String addresses =
        """
        s3: {bucket: results, endpoint: "http://minio:9000"}
        redis: {url: "rediss://redis.example:6380/1"}
        tracing: {endpoint: "https://collector.example/v1/traces"}
        """;
    Map<String, Map<String, Object>> objects = Chart.render(addresses);
    assertThat(rules(objects, "gateway", "egress")).contains(port(6380), port(443));
    assertThat(rules(objects, "jobs", "egress")).contains(port(9000), port(443));
    assertThat(rules(Chart.render("s3: {bucket: results}"), "jobs", "egress")).contains(port(443));
    assertThat(
            rules(
                Chart.render(
                    addresses
                        + "networkPolicy: {egress: {redis: {port: 7000}, database: {port: 6432}}}"),
                "gateway",
                "egress"))
        .contains(port(7000), port(6432))
        .doesNotContain(port(6380), port(5432));
  }

  @Test
  void webhooksReachTheInternetButNoPrivateAddress() {
    Map<String, Object> webhooks =
        rules(Chart.render(""), "jobs", "egress").stream()
            .filter(rule -> at(rule, "to", 0, "ipBlock") != null)
            .findFirst()
            .orElseThrow();
    assertThat(webhooks.get("ports")).isEqualTo(List.of(Map.of("port", 443, "protocol", "TCP")));
    assertThat(at(webhooks, "to", 0, "ipBlock", "cidr")).isEqualTo("0.0.0.0/0");
    assertThat(at(webhooks, "to", 0, "ipBlock", "except"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .contains("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8");
    assertThat(at(webhooks, "to", 1, "ipBlock", "cidr"))
        .as("global addresses alone")
        .isEqualTo("2000::/3");
  }

  @Test
  void egressCanBeLeftOpen() {
    Map<String, Map<String, Object>> objects =
        Chart.render("networkPolicy: {egress: {enabled: false}}");
    for (String component : List.of("gateway", "inference", "jobs")) {
      Object spec = objects.get("NetworkPolicy/omni-" + component).get("spec");
      assertThat(at(spec, "policyTypes")).isEqualTo(List.of("Ingress"));
      assertThat(at(spec, "egress")).isNull();
    }
  }

  private static List<Map<String, Object>> rules(
      Map<String, Map<String, Object>> objects, String component, String direction) {
    Object spec = objects.get("NetworkPolicy/omni-" + component).get("spec");
    assertThat(at(spec, "podSelector", "matchLabels", "app.kubernetes.io/component"))
        .isEqualTo(component);
    assertThat(at(spec, "policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
    return maps(at(spec, direction));
  }

  private static Map<String, Object> port(int port) {
    return Map.of("ports", List.of(Map.of("port", port, "protocol", "TCP")));
  }

  private static Map<String, Object> peers(String direction, String... components) {
    return Map.of(
        direction,
        Arrays.stream(components)
            .map(
                component ->
                    Map.of(
                        "podSelector",
                        Map.of(
                            "matchLabels",
                            Map.of(
                                "app.kubernetes.io/name",
                                "omnimamba",
                                "app.kubernetes.io/instance",
                                "omni",
                                "app.kubernetes.io/component",
                                component))))
            .toList(),
        "ports",
        List.of(Map.of("port", "http")));
  }
}
