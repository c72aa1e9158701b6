package org.omnimamba.jobs.web.access;

import java.util.regex.Pattern;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Reads the tenant from the header that the gateway sets. */
final class TenantArgumentResolver implements HandlerMethodArgumentResolver {
  private static final String DEFAULT = "default";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Tenant.class;
  }

  @Override
  public Mono<Object> resolveArgument(
      MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
    String name = exchange.getRequest().getHeaders().getFirst(PlatformHeaders.TENANT);
    if (name == null) {
      return Mono.just(new Tenant(DEFAULT));
    }
    return NAME.matcher(name).matches()
        ? Mono.just(new Tenant(name))
        : Mono.error(new Problem(ProblemType.INVALID_REQUEST, "The tenant's name is not valid."));
  }
}
