package org.omnimamba.gateway.server;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sets the connection limits. */
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {
  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> connectionLimits(
      ServerProperties properties) {
    return factory ->
        factory.addServerCustomizers(
            server ->
                server
                    .idleTimeout(properties.idleTimeout())
                    .mapHandle(OldClients::withoutChunks)
                    .doOnChannelInit(
                        (observer, channel, address) -> {
                          HeadDeadline.watch(channel, properties.headTimeout());
                          LingeringClose.watch(channel, properties.lingerTimeout());
                        }));
  }
}
