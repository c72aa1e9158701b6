package org.omnimamba.web.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound lets pass in the tests of every service: Netty's allocator takes a lock for a
 * moment when several event loops need or grow large buffers at once, and the database driver reads
 * a few bytes of the system's randomness when it signs in with a password, which never waits once
 * the system has started. The first requests of a service may wait for one another while one of
 * them finds the tracer.
 */
public final class AllowedBlocking implements BlockHoundIntegration {
  private static final String ALLOCATOR = "io.netty.buffer.AdaptivePoolingAllocator";

  private static final String EXEMPLARS =
      "org.springframework.boot.micrometer.tracing.autoconfigure.prometheus"
          + ".PrometheusExemplarsAutoConfiguration$LazyTracingSpanContext";

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside(ALLOCATOR, "allocate");
    builder.allowBlockingCallsInside(ALLOCATOR, "reallocate");
    builder.allowBlockingCallsInside(EXEMPLARS, "currentSpan");
    builder.allowBlockingCallsInside("com.ongres.scram.common.ScramFunctions", "nonce");
  }
}
