package org.omnimamba.training.objective;

import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.MmuText;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: joint}, stage 2: both tasks in each step. Its data: the sections {@code t2i} and
 * {@code mmu}, with the fields that {@link T2iTask} and {@link MmuTask} read; their batch sizes are
 * the ratio of the tasks. Its objective: {@code lora_dropout}, and {@code mmu_weight}, 1 in the
 * reference; {@code adapters} and {@code vocabulary} as for {@link T2iTask}.
 */
public final class JointTask implements TaskFactory {
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public JointTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section t2i = config.data().section("t2i");
    Section mmu = config.data().section("mmu");
    LoraDropout dropout = T2iTask.dropout(config, model);
    JointObjective objective =
        new JointObjective(
            new T2iObjective(
                model, TextData.batchSize(t2i), dropout, Vocabulary.of(config.objective())),
            MmuTask.objective(mmu, model, dropout),
            config.objective().number("mmu_weight", 1));
    BatchSource batches =
        T2iTask.batches(config, t2i, model, labelled)
            .with(MmuTask.batches(config, mmu, model, MmuText.CONVERSATION, labelled));
    t2i.refuseUnknown();
    mmu.refuseUnknown();
    config.data().refuseUnknown();
    Predicate<String> trained = Stage.STAGE2.trained(config.objective());
    config.objective().refuseUnknown();
    return new TrainingTask(objective, trained, initial, batches, StepListener.NONE);
  }
}
