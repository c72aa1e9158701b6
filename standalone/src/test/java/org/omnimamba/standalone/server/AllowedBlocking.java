package org.omnimamba.standalone.server;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound lets pass: the PostgreSQL driver draws a nonce on an event loop, and the system's
 * source of randomness, which never keeps anybody waiting, is read through a file. And a service
 * makes its API document on an event loop, once; Kotlin's reflection, which only the clients of
 * these tests bring along, takes locks for that.
 */
public final class AllowedBlocking implements BlockHoundIntegration {
  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside("com.ongres.scram.common.ScramFunctions", "nonce");
    builder.allowBlockingCallsInside("org.springdoc.api.AbstractOpenApiResource", "getOpenApi");
  }
}
