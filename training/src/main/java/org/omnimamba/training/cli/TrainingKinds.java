package org.omnimamba.training.cli;

import java.util.Map;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.emoji.EmojiExamples;
import org.omnimamba.training.objective.JointTask;
import org.omnimamba.training.objective.LanguageTask;
import org.omnimamba.training.objective.MmuTask;
import org.omnimamba.training.objective.T2iTask;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.scenes.tasks.SceneJointTask;
import org.omnimamba.training.scenes.tasks.SceneTowerTask;
import org.omnimamba.training.scenes.tasks.SceneVqTask;
import org.omnimamba.training.tower.TowerTask;
import org.omnimamba.training.vq.VqTask;

/** All kinds of objectives that {@code train} knows. */
final class TrainingKinds {
  private static final LabelledPictures PICTURES = new EmojiExamples();

  private TrainingKinds() {}

  static Map<String, TaskFactory> all() {
    return Map.of(
        "language", new LanguageTask(PICTURES),
        "t2i", new T2iTask(PICTURES),
        "mmu", new MmuTask(PICTURES),
        "joint", new JointTask(PICTURES),
        "vq", new VqTask(PICTURES),
        "towers", new TowerTask(PICTURES),
        "scenes-vq", new SceneVqTask(),
        "scenes-towers", new SceneTowerTask(),
        "scenes-joint", new SceneJointTask());
  }
}
