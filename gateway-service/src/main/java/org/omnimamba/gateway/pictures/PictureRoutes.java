package org.omnimamba.gateway.pictures;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.HEAD;

import java.time.Clock;
import java.time.Duration;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Serves kept pictures to every caller that has their address. */
@Configuration(proxyBeanMethods = false)
class PictureRoutes {
  @Bean
  RouterFunction<ServerResponse> pictures(PictureStore store, PictureLinks links, Clock clock) {
    return RouterFunctions.route()
        .route(
            GET(PictureAnswers.PATH + "{name}").or(HEAD(PictureAnswers.PATH + "{name}")),
            request ->
                Mono.justOrEmpty(links.read(request.pathVariable("name")))
                    .flatMap(
                        named ->
                            store
                                .find(named.id())
                                .onErrorMap(PictureRoutes::unavailable)
                                .flatMap(
                                    picture ->
                                        answer(
                                            picture,
                                            Duration.between(clock.instant(), named.expires()))))
                    .switchIfEmpty(Mono.error(PictureRoutes::gone)))
        .build();
  }

  private static Mono<ServerResponse> answer(Picture picture, Duration left) {
    return ServerResponse.ok()
        .contentType(picture.type())
        .contentLength(picture.size())
        .cacheControl(CacheControl.maxAge(left).cachePrivate())
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("Cross-Origin-Resource-Policy", "cross-origin")
        .bodyValue(picture.bytes());
  }

  private static ApiException unavailable(Throwable failure) {
    return ApiException.serverError(
            HttpStatus.SERVICE_UNAVAILABLE,
            "pictures_unavailable",
            "Pictures cannot be read right now. Please try again shortly.",
            failure)
        .header("Retry-After", "1");
  }

  private static ApiException gone() {
    return ApiException.invalidRequest(
        HttpStatus.NOT_FOUND,
        "picture_not_found",
        "There is no such picture, or the time of its address is over.");
  }
}
