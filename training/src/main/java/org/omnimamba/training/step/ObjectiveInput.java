package org.omnimamba.training.step;

import org.omnimamba.model.device.ElementType;

/**
 * An array of a batch that an objective declared.
 *
 * @param allRows whether a share of the batch is given all of its rows
 */
record ObjectiveInput(ElementType type, boolean allRows) {}
