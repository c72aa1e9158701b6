/**
 * {@code omnimamba fetch}, on the command line of the platform and as a program of its own, which
 * the image of inference-service holds.
 */
@NullMarked
package org.omnimamba.hub.cli;

import org.jspecify.annotations.NullMarked;
