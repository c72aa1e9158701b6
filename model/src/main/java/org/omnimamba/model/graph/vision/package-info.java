/**
 * Blocks of the vision side: the two transformer towers and the projector that takes their features
 * to the width of the language model.
 */
@NullMarked
package org.omnimamba.model.graph.vision;

import org.jspecify.annotations.NullMarked;
