/**
 * Files in the safetensors format, read and written: a JSON header with names, types and offsets,
 * and the tensors after it. A header is checked whole before any tensor is read.
 */
@NullMarked
package org.omnimamba.model.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
