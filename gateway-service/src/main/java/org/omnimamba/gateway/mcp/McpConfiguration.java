package org.omnimamba.gateway.mcp;

import static org.springframework.web.reactive.function.server.RequestPredicates.POST;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import org.omnimamba.gateway.routing.RoutingProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The server of the protocol and its address. */
@Configuration(proxyBeanMethods = false)
class McpConfiguration {
  private static final String PATH = "/mcp";
  private static final String VERSION = "1.0";

  @Bean(destroyMethod = "close")
  McpStatelessAsyncServer mcpServer(
      McpEndpoint endpoint, McpTools tools, RoutingProperties routing) {
    return McpServer.async(endpoint)
        .serverInfo("omnimamba", VERSION)
        .instructions("A model that draws pictures and answers questions about pictures.")
        .capabilities(ServerCapabilities.builder().tools(false).build())
        .requestTimeout(routing.responseTimeout())
        .tools(tools.all())
        .build();
  }

  @Bean
  RouterFunction<ServerResponse> mcp(McpEndpoint endpoint) {
    return RouterFunctions.route().route(POST(PATH), endpoint::handle).build();
  }
}
