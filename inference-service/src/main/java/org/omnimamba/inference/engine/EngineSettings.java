package org.omnimamba.inference.engine;

import java.time.Duration;

/**
 * How the engine shares the device.
 *
 * @param prefillChunk prompt positions fed between two decode steps; pieces end at multiples of it,
 *     at a picture's end and at the prompt's
 * @param maxWaitingSequences sequences that may wait beside those that run
 * @param maxOutstandingTokens tokens accepted and not processed yet, at most
 * @param failuresUntilUnready failed device calls in a row after which new work is refused
 * @param probeInterval time between two attempts to use a failed device again
 * @param stallLimit time after which an iteration that does not end makes the engine unready
 * @param pictureHostBytes host memory for states after pictures; 0 for none
 * @param shares how tenants and jobs share the engine
 */
public record EngineSettings(
    int prefillChunk,
    int maxWaitingSequences,
    long maxOutstandingTokens,
    int failuresUntilUnready,
    Duration probeInterval,
    Duration stallLimit,
    long pictureHostBytes,
    Shares shares) {}
