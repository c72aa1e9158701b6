package org.omnimamba.model.device;

/**
 * Where the time of {@link DeviceProgram#compileFor} went.
 *
 * @param declareNanos for the functions' graphs, which are built one after the other
 * @param compileNanos for compiling and running them
 */
public record CompileTimes(long declareNanos, long compileNanos) {}
