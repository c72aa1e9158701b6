package org.omnimamba.inference.engine;

/**
 * The engine at a glance.
 *
 * @param running sequences that take part in decode steps
 * @param waiting sequences without a slot that the loop has seen
 * @param slotsInUse slots taken, prompt slots included
 * @param sequences sequences accepted and not finished, as admission counts them
 * @param outstandingTokens tokens accepted and not processed, as admission counts them
 * @param tokensPerSecond measured speed, prompts and completions together
 */
public record EngineStatus(
    EngineState state,
    int running,
    int waiting,
    int slotsInUse,
    int sequences,
    long outstandingTokens,
    double tokensPerSecond) {}
