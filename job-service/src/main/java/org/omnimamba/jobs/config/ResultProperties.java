package org.omnimamba.jobs.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where results are kept.
 *
 * @param store the database, or an S3-compatible store
 * @param s3 the store's settings, needed when it is chosen
 */
public record ResultProperties(@DefaultValue("POSTGRES") Store store, @Valid @Nullable S3 s3) {

  /** A place for results. */
  public enum Store {
    /** Daily partitions of the service's own database. */
    POSTGRES,
    /** Any store that speaks S3. */
    S3
  }

  @AssertTrue(message = "store S3 needs omnimamba.jobs.results.s3.*")
  public boolean isS3Configured() {
    return store != Store.S3 || s3 != null;
  }

  /**
   * An S3-compatible store.
   *
   * @param bucket an existing bucket
   * @param region the region's name
   * @param endpoint another address than Amazon's, or null
   * @param pathStyle the bucket in the path instead of the host name
   * @param prefix prepended to every key
   * @param accessKey with {@code secretKey} instead of the environment's own credentials
   * @param secretKey goes with {@code accessKey}
   */
  public record S3(
      @NotBlank String bucket,
      @NotBlank @DefaultValue("us-east-1") String region,
      @Nullable URI endpoint,
      @DefaultValue("false") boolean pathStyle,
      @DefaultValue("results/") String prefix,
      @Nullable String accessKey,
      @Nullable String secretKey) {

    @AssertTrue(message = "access-key and secret-key go together")
    public boolean isKeyPairComplete() {
      return (accessKey == null) == (secretKey == null);
    }

    /** Never the keys themselves. */
    @Override
    public String toString() {
      return "S3[bucket=" + bucket + ", endpoint=" + endpoint + "]";
    }
  }
}
