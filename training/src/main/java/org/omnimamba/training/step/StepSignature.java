package org.omnimamba.training.step;

import java.util.List;
import java.util.Map;

/**
 * What an objective declared while a step was built.
 *
 * @param inputs a batch's arrays by name
 * @param metrics names, in the order of the outputs
 * @param observations names, in the order of the outputs
 */
record StepSignature(
    Map<String, ObjectiveInput> inputs, List<String> metrics, List<String> observations) {}
