package org.omnimamba.gateway.keys;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Scope;

/** What is asked for when a key is created. */
record NewKey(String tenant, String name, Set<Scope> scopes, @Nullable Instant expiresAt) {}
