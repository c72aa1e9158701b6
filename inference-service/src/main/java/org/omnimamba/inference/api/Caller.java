package org.omnimamba.inference.api;

import org.omnimamba.inference.engine.Requester;

/**
 * Who asks.
 *
 * @param requestId of this request, for logs
 * @param requester for whom the gateway or a job asks
 */
public record Caller(String requestId, Requester requester) {}
