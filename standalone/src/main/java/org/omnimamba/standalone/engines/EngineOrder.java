package org.omnimamba.standalone.engines;

import java.util.Map;

/**
 * What an engine's process is to do.
 *
 * @param port to listen on, 0 for any free one
 * @param managementPort where it tells of itself, 0 for any free one
 * @param settings by full property name
 */
public record EngineOrder(int port, int managementPort, Map<String, String> settings) {}
