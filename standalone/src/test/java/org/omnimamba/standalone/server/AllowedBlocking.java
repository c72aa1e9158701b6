package org.omnimamba.standalone.server;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound lets pass here besides what it does in every service: a service makes its API
 * document on an event loop, once; Kotlin's reflection, which only the clients of these tests bring
 * along, takes locks for that.
 */
public final class AllowedBlocking implements BlockHoundIntegration {
  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside("org.springdoc.api.AbstractOpenApiResource", "getOpenApi");
  }
}
