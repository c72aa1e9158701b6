/**
 * What the gateway adds to a request: the same requests with it and without it, by turns in one
 * run.
 */
@NullMarked
package org.omnimamba.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
