package org.omnimamba.training.cli;

import java.util.Map;
import org.omnimamba.training.objective.JointTask;
import org.omnimamba.training.objective.LanguageTask;
import org.omnimamba.training.objective.MmuTask;
import org.omnimamba.training.objective.T2iTask;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.tower.TowerTask;
import org.omnimamba.training.vq.VqTask;

/** All kinds of objectives that {@code train} knows. */
final class TrainingKinds {
  private TrainingKinds() {}

  static Map<String, TaskFactory> all() {
    return Map.of(
        "language", new LanguageTask(),
        "t2i", new T2iTask(),
        "mmu", new MmuTask(),
        "joint", new JointTask(),
        "vq", new VqTask(),
        "towers", new TowerTask());
  }
}
