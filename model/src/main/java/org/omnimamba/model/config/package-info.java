/**
 * The sizes of every part of an OmniMamba model: language model, vision towers, projector and image
 * tokenizer. One set of records describes the real models and the tiny ones alike.
 */
@NullMarked
package org.omnimamba.model.config;

import org.jspecify.annotations.NullMarked;
