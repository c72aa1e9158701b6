package org.omnimamba.training.objective;

import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Both tasks in one step: the sum of their losses, unweighted in the reference. Their batch sizes
 * differ as the paper's do, 48 to 3.
 *
 * @param t2i drawing
 * @param mmu understanding
 * @param mmuWeight times understanding's loss; 1 in the reference
 */
public record JointObjective(T2iObjective t2i, MmuObjective mmu, double mmuWeight)
    implements Objective {

  @Override
  public JointObjective share(int shares) {
    return new JointObjective(t2i.share(shares), mmu.share(shares), mmuWeight);
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Loss drawing = t2i.build(scope);
    Loss understanding = mmu.build(scope);
    Operand<TFloat32> weighted =
        mmuWeight == 1
            ? understanding.value()
            : scope.tf().math.mul(understanding.value(), scope.tf().constant((float) mmuWeight));
    Loss sum = Loss.of(scope.tf().math.add(drawing.value(), weighted));
    for (Loss part : new Loss[] {drawing, understanding}) {
      for (var metric : part.metrics().entrySet()) {
        sum = sum.withMetric(metric.getKey(), metric.getValue());
      }
    }
    return sum;
  }
}
