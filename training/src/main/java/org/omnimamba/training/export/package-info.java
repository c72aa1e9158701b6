/**
 * From trained parts to a model directory that can be served.
 *
 * <p>Each run of training writes the tensors that it trained, by their checkpoint names, into a
 * safetensors file. {@link org.omnimamba.training.export.ModelExport} lays these files over one
 * another, the later over the earlier, and writes the whole as a model directory. What no result
 * depends on (each tower's last block, for example) is not trained by anything and gets initial
 * values; everything else must come from a file.
 */
@NullMarked
package org.omnimamba.training.export;

import org.jspecify.annotations.NullMarked;
