package org.omnimamba.evaluation.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The paper's table of models of about 1.3 billion parameters (arXiv 2503.08686). Its authors ship
 * no evaluation code, so that their prompts and scorers are not known.
 */
public enum PaperFigures {
  POPE("POPE", 86.3, 88.0, 80.0),
  MME("MME-P", 1290.6, 1333.1, 1097.2),
  VQAV2("VQAv2 test", 77.7, 79.8, 69.4),
  GQA("GQA", 60.8, 60.3, 58.0),
  MMMU("MMMU", 30.6, 29.3, 26.7),
  FID("COCO FID-30K", 5.50, Double.NaN, 9.24);

  private final String title;
  private final Map<String, Double> byModel;

  PaperFigures(String title, double omniMamba, double janusFlow, double showO) {
    this.title = title;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("OmniMamba-1.3B", omniMamba);
    figures.put("JanusFlow", janusFlow);
    figures.put("Show-o", showO);
    figures.values().removeIf(value -> value.isNaN());
    this.byModel = figures;
  }

  /** The paper's name of the column. */
  public String title() {
    return title;
  }

  /** The figures by model, the paper's own first. */
  public Map<String, Double> byModel() {
    return new LinkedHashMap<>(byModel);
  }
}
