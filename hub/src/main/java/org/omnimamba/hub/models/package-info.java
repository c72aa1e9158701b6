/**
 * From a reference to a model directory: which file of a repository is the checkpoint, what belongs
 * to it, the conversion, and where its result is kept.
 */
@NullMarked
package org.omnimamba.hub.models;

import org.jspecify.annotations.NullMarked;
