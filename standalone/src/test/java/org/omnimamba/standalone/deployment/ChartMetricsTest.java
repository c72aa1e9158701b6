package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the chart gives to Prometheus, Grafana and the autoscalers. */
class ChartMetricsTest {
  private static final List<String> COMPONENTS = List.of("gateway", "inference", "jobs");

  @Test
  void replicasAreLeftToTheAutoscalers() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    for (String component : COMPONENTS) {
      assertThat(map(Workload.of(objects, component).object().get("spec")))
          .doesNotContainKey("replicas");
    }
    assertThat(at(objects.get("ScaledObject/omni-inference"), "spec", "scaleTargetRef", "kind"))
        .isEqualTo("StatefulSet");
    assertThat(
            at(objects.get("ScaledObject/omni-jobs"), "spec", "triggers", 0, "metadata", "query"))
        .asString()
        .contains(
            "omnimamba_queue_waiting",
            "pod=~\"omni-jobs-.*\"",
            "inference|response|batch_line|batch_response");
  }

  @Test
  void metricsHaveTheirLabelsAndTheDashboard() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    for (String kind : List.of("PodMonitor", "PrometheusRule")) {
      assertThat(at(objects.get(kind + "/omni"), "metadata", "labels", "release"))
          .isEqualTo("prometheus");
    }
    assertThat(at(objects.get("ConfigMap/omni-dashboards"), "data", "omnimamba.json"))
        .asString()
        .contains("\"panels\"");
    assertThat(
            at(objects.get("ConfigMap/omni-dashboards"), "metadata", "labels", "grafana_dashboard"))
        .isEqualTo("1");
  }

  /** Tests of the services check that the meters of the dashboards exist. */
  @Test
  void alertsAndAutoscalersAskForMetersThatDashboardsShow() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    Set<String> shown = meters(at(objects.get("ConfigMap/omni-dashboards"), "data"));
    for (String name :
        List.of("PrometheusRule/omni", "ScaledObject/omni-inference", "ScaledObject/omni-jobs")) {
      Set<String> asked = meters(objects.get(name).get("spec"));
      assertThat(asked).as(name).isNotEmpty();
      assertThat(shown).as(name).containsAll(asked);
    }
  }

  /** Each is followed by its labels, so that what a text says of a meter does not count. */
  private static Set<String> meters(Object part) {
    return Pattern.compile("omnimamba_[a-z0-9_]+(?=[{)\\[ ])")
        .matcher(part.toString())
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }
}
