/** The trainings on scenes: what {@code objective.kind} of a configuration names. */
@NullMarked
package org.omnimamba.training.scenes.tasks;

import org.jspecify.annotations.NullMarked;
