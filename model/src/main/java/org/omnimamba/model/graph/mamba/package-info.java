/**
 * Blocks of the language model: embeddings, Mamba-2 layers with their adapters, heads, and the draw
 * of a token.
 */
@NullMarked
package org.omnimamba.model.graph.mamba;

import org.jspecify.annotations.NullMarked;
