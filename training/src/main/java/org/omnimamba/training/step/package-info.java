/**
 * One optimiser step of any objective: one compiled function on a device, or on several that share
 * each batch.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li><b>Objective</b> ({@link org.omnimamba.training.step.Objective}): adds the forward pass of
 *       a batch to a graph and says what its loss is. It declares named inputs and reads parameters
 *       by their checkpoint names through the model's own blocks.
 *   <li><b>Trainable parameters</b> ({@link org.omnimamba.training.step.TrainableParameters}):
 *       float32 masters and AdamW's two moments on the device, beside the frozen parameters that
 *       the objective reads.
 *   <li><b>Pack</b>: many tensors end to end in one variable. A launch on an accelerator costs time
 *       for each variable, and an elementwise update does not care where a tensor ends.
 *   <li><b>Step</b> ({@link org.omnimamba.training.step.TrainStep}): forward, gradients, clipping
 *       by the global norm, AdamW, all in one function. With accumulation, earlier micro-batches
 *       only add their gradients.
 *   <li><b>Share</b>: the rows of a micro-batch that one of several devices sees. Every device has
 *       all parameters; the gradients of the shares are summed over the devices, and each device
 *       makes the same update. An objective says whether its rows can be shared ({@link
 *       org.omnimamba.training.step.Objective#share}).
 *   <li><b>State</b> ({@link org.omnimamba.training.step.TrainingState}): everything that the next
 *       step depends on, in one file.
 * </ul>
 *
 * <h2>How to train something</h2>
 *
 * <pre>{@code
 * Objective objective = scope -> {
 *   Operand<TFloat32> x = scope.floats("x", Shape.of(8, 4));
 *   Operand<TFloat32> y = scope.parameters().linear(x, "weight");
 *   return Loss.of(mean(square(y - scope.floats("target", ...))));
 * };
 * try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
 *   TrainableParameters parameters =
 *       TrainableParameters.load(program, initial, name -> true, objective);
 *   Trainer trainer = Trainer.create(program, parameters, objective, TrainOptions.defaults());
 *   StepResult result = trainer.run(List.of(batch), learningRate);
 * }
 * }</pre>
 *
 * <h2>Determinism</h2>
 *
 * A step is a function of the state, the batch, the learning rate and (seed, step number). Random
 * numbers inside an objective are stateless: they are drawn from (seed, step, micro-batch, how many
 * drew before). So a run that was interrupted goes on as if it had not been, to the bit, on the
 * same machine with the same program. On an accelerator this also needs {@code
 * XLA_FLAGS=--xla_gpu_deterministic_ops=true}, because sums over repeated ids are otherwise added
 * in any order. Compiled and uncompiled steps draw different numbers. Another number of devices
 * adds gradients in another order, and gives the same but for that.
 */
@NullMarked
package org.omnimamba.training.step;

import org.jspecify.annotations.NullMarked;
