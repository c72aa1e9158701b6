/**
 * A training's YAML file as typed records; an error names the file and the field. What a run does
 * with them is the business of {@link org.omnimamba.training.run}, of which nothing here knows.
 */
@NullMarked
package org.omnimamba.training.config;

import org.jspecify.annotations.NullMarked;
