package org.omnimamba.inference.api;

import io.swagger.v3.oas.annotations.Hidden;
import java.time.Duration;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Tells the gateway what was made for a request; clients do not reach it. */
@RestController
@Hidden
class UsageController {
  /** A request that was given up ends before the next decode step. */
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private final RememberedUsage usage;

  UsageController(RememberedUsage usage) {
    this.usage = usage;
  }

  @GetMapping(UsageOrigin.REMEMBERED + "{ticket}")
  Mono<ResponseEntity<Usage>> of(@PathVariable String ticket) {
    return usage
        .of(ticket)
        .timeout(PATIENCE, Mono.empty())
        .map(ResponseEntity::ok)
        .defaultIfEmpty(ResponseEntity.notFound().build());
  }
}
