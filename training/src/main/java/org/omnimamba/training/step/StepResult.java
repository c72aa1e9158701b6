package org.omnimamba.training.step;

import java.util.Map;

/**
 * What a step reports; of the state before its update.
 *
 * @param step number of the step, counted from 0
 * @param loss mean over micro-batches
 * @param gradientNorm norm over all parameters, before clipping
 * @param metrics the objective's scalars, by name
 * @param observations the objective's tensors, row-major, by name
 */
public record StepResult(
    long step,
    float loss,
    float gradientNorm,
    Map<String, Float> metrics,
    Map<String, float[]> observations) {}
