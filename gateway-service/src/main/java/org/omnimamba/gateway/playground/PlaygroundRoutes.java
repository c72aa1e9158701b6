package org.omnimamba.gateway.playground;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.HEAD;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Serves the page and its files, and nothing else from the class path. */
@Configuration(proxyBeanMethods = false)
class PlaygroundRoutes {
  private static final String FOLDER = "org/omnimamba/gateway/playground/page/";

  /**
   * The page runs only its own scripts and styles, talks only to where it came from, and cannot be
   * framed. Pictures come as {@code blob:} addresses that its own scripts make.
   */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Resource PAGE = new ClassPathResource(FOLDER + "index.html");

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  RouterFunction<ServerResponse> playground() {
    return RouterFunctions.route()
        .route(GET("/").or(HEAD("/")), request -> page())
        .add(
            RouterFunctions.resources(
                "/playground/**",
                new ClassPathResource(FOLDER),
                (resource, headers) -> {
                  headers.setCacheControl(CacheControl.noCache());
                  headers.set("Content-Security-Policy", POLICY);
                }))
        .build();
  }

  private static Mono<ServerResponse> page() {
    return ServerResponse.ok()
        .contentType(new MediaType(MediaType.TEXT_HTML, java.nio.charset.StandardCharsets.UTF_8))
        .cacheControl(CacheControl.noCache())
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
        .header("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .bodyValue(PAGE);
  }
}
