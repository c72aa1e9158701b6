/** A training's YAML file as typed records; an error names the file and the field. */
@NullMarked
package org.omnimamba.training.config;

import org.jspecify.annotations.NullMarked;
