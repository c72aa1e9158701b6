/**
 * The vision towers and the image tokenizer on a device. Each is one or two functions over the
 * program's variables; only tensors that a result depends on are loaded.
 */
@NullMarked
package org.omnimamba.model.runtime.vision;

import org.jspecify.annotations.NullMarked;
