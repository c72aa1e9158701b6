package org.omnimamba.standalone.engines;

/**
 * How many engines there are.
 *
 * @param ready those that take requests
 * @param starting those whose first start is not over
 * @param all of them
 */
public record EngineCounts(int ready, int starting, int all) {}
