package org.omnimamba.web;

import org.omnimamba.web.internal.InternalTokenFilter;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.InternalTokenRefusal;
import org.omnimamba.web.settings.SettingsCheck;
import org.omnimamba.web.shutdown.PhaseTimeouts;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Sets up in each service what all of them have. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties({InternalTokenProperties.class, ShutdownProperties.class})
class ServiceSupportAutoConfiguration {
  @Bean
  static SettingsCheck settingsCheck(Environment environment) {
    return new SettingsCheck(environment);
  }

  @Bean
  static PhaseTimeouts phaseTimeouts(ObjectProvider<ShutdownProperties> properties) {
    return new PhaseTimeouts(properties);
  }

  @Bean
  @ConditionalOnBean(InternalTokenRefusal.class)
  InternalTokenFilter internalTokenFilter(
      InternalTokenProperties tokens, InternalTokenRefusal refusal, ApplicationContext context) {
    return new InternalTokenFilter(tokens, refusal, context);
  }
}
