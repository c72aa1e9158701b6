package org.omnimamba.jobs.result;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.ResultProperties;
import org.omnimamba.jobs.config.ResultProperties.Store;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobResults;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** Chooses the store for new results; every configured store is read from. */
@Configuration(proxyBeanMethods = false)
class ResultConfiguration {

  @Bean
  ResultStores resultStores(
      JobQueue queue, JobsProperties properties, ObjectProvider<S3ResultStore> s3) {
    List<ResultStore> stores = new ArrayList<>();
    stores.add(new PostgresResultStore(new JobResults(queue)));
    s3.ifAvailable(store -> stores.add(properties.results().store() == Store.S3 ? 0 : 1, store));
    return new ResultStores(stores);
  }

  @Bean
  @ConditionalOnProperty("omnimamba.jobs.results.s3.bucket")
  S3ResultStore s3ResultStore(S3Objects objects, JobsProperties properties) {
    return new S3ResultStore(objects, settings(properties).prefix());
  }

  /** Results and files share it. */
  @Bean
  @ConditionalOnProperty("omnimamba.jobs.results.s3.bucket")
  S3Objects s3Objects(S3AsyncClient s3Client, JobsProperties properties) {
    return new S3Objects(s3Client, settings(properties).bucket());
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnProperty("omnimamba.jobs.results.s3.bucket")
  S3AsyncClient s3Client(JobsProperties properties) {
    return client(settings(properties));
  }

  private static ResultProperties.S3 settings(JobsProperties properties) {
    ResultProperties.S3 s3 = properties.results().s3();
    if (s3 == null) {
      throw new IllegalStateException("omnimamba.jobs.results.s3 is not configured");
    }
    return s3;
  }

  /** A client that other makers' stores understand: no trailing checksums, no chunked signing. */
  private static S3AsyncClient client(ResultProperties.S3 s3) {
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .httpClientBuilder(NettyNioAsyncHttpClient.builder())
            .region(Region.of(s3.region()))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .forcePathStyle(s3.pathStyle())
            .credentialsProvider(credentials(s3.accessKey(), s3.secretKey()));
    if (s3.endpoint() != null) {
      builder.endpointOverride(s3.endpoint());
    }
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(
      @Nullable String accessKey, @Nullable String secretKey) {
    return accessKey == null || secretKey == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
  }
}
