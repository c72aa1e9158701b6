package org.omnimamba.web.database;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.function.Function;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What R2DBC's connections are encrypted with. The driver makes a TLS context for each connection
 * on the event loop, so all that would read a file there is read here, once.
 */
final class Encryption implements Function<SslContextBuilder, SslContextBuilder> {
  private final SslMode mode;
  private final TrustManagerFactory authorities;
  private final SecureRandom random;

  /**
   * Reads the certificates.
   *
   * @param root a file with the trusted authorities, or null for those of the JVM
   * @throws IllegalArgumentException if the file holds no certificates
   */
  Encryption(SslMode mode, @Nullable Path root) {
    this.mode = mode;
    try {
      this.authorities = mode.verifies() ? authorities(root) : InsecureTrustManagerFactory.INSTANCE;
      // unlike the default, it reads the system's randomness only once
      this.random = SecureRandom.getInstance("DRBG");
      random.nextInt();
      // the first context loads what all of them need
      apply(SslContextBuilder.forClient()).build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "omnimamba.database.ssl-root-cert: " + root + " cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  public SslContextBuilder apply(SslContextBuilder builder) {
    builder.trustManager(authorities).secureRandom(random);
    if (mode != SslMode.VERIFY_FULL) {
      // Netty checks the host's name unless it is told not to
      builder.endpointIdentificationAlgorithm(null);
    }
    return builder;
  }

  private static TrustManagerFactory authorities(@Nullable Path root)
      throws GeneralSecurityException, IOException {
    KeyStore store = null;
    if (root != null) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (InputStream in = Files.newInputStream(root)) {
        int number = 0;
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("root-" + number++, certificate);
        }
      }
      if (store.size() == 0) {
        throw new GeneralSecurityException("it holds no certificate");
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
