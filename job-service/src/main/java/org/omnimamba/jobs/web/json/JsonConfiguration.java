package org.omnimamba.jobs.web.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.web.json.StrictJson;
import org.springframework.boot.jackson.autoconfigure.JsonFactoryBuilderCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.StreamReadConstraints;

/**
 * Strict where clients write (no unknown or repeated members, nothing after the value, bounded
 * depth, no value of another type than asked for), without nulls where they read. Names of several
 * words are written at the members, where the OpenAPI generator finds them too.
 */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {

  @Bean
  JsonFactoryBuilderCustomizer boundedJson(JobsProperties properties) {
    return factory ->
        factory.streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(properties.api().maxJsonDepth())
                .build());
  }

  @Bean
  JsonMapperBuilderCustomizer strictJson() {
    return mapper -> {
      StrictJson.apply(mapper);
      mapper.changeDefaultPropertyInclusion(
          value -> value.withValueInclusion(JsonInclude.Include.NON_NULL));
    };
  }
}
