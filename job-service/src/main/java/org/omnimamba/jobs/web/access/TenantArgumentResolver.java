package org.omnimamba.jobs.web.access;

import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.web.internal.Tenant;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Reads the tenant from the header that the gateway sets. */
final class TenantArgumentResolver implements HandlerMethodArgumentResolver {
  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Tenant.class;
  }

  @Override
  public Mono<Object> resolveArgument(
      MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
    return Tenant.of(exchange.getRequest().getHeaders())
        .map(tenant -> Mono.<Object>just(tenant))
        .orElseGet(
            () ->
                Mono.error(
                    new Problem(ProblemType.INVALID_REQUEST, "The tenant's name is not valid.")));
  }
}
