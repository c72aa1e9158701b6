package org.omnimamba.jobs.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound lets pass: the database driver reads a few bytes of the system's randomness when
 * it signs in with a password, which never waits once the system has started.
 */
public final class AllowedBlocking implements BlockHoundIntegration {
  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside("com.ongres.scram.common.ScramFunctions", "nonce");
  }
}
