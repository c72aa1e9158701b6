package org.omnimamba.training.objective;

import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.LayerStates;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Next tokens of plain text, by the backbone alone: no adapters, no positions, as the Mamba-2
 * language model that the reference starts from was trained.
 *
 * <p>Inputs: {@code input_ids} and {@code labels} {@code [batch, length]}; labels are not shifted,
 * -100 where there is no loss.
 *
 * @param model its sizes
 * @param batch rows
 * @param length ids of a row
 */
public record LanguageObjective(ModelConfig model, int batch, int length) implements Objective {

  @Override
  public LanguageObjective share(int shares) {
    return new LanguageObjective(model, Parts.shareOf(batch, shares, "text"), length);
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Ops tf = scope.tf();
    Operand<TInt64> ids = scope.longs("input_ids", Shape.of(batch, length));
    Operand<TInt64> labels = scope.longsOfAllRows("labels", Shape.of(batch, length));
    BlockContext context = scope.parameters().in(Backbone.PREFIX);
    Operand<TFloat32> embedded =
        new TokenEmbeddings(context).text(Parts.ids(tf, ids, 0, length - 1L));
    Operand<TFloat32> hidden =
        new Backbone(context, model.language(), TaskLora.none(model.language().lora()))
            .sequence(embedded, null, LayerStates.NONE);
    return TokenLoss.of(
        scope,
        new TiedHeads(context).logits(Task.MMU, hidden),
        Parts.ids(tf, labels, 1, length - 1L),
        "language");
  }
}
