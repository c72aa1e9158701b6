package org.omnimamba.inference.api;

import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param requestId of this request, for logs
 * @param tenant for whom the gateway or a job asks; null if the caller does not say
 */
public record Caller(String requestId, @Nullable String tenant) {}
