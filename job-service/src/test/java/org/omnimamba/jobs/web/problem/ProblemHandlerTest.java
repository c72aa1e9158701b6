package org.omnimamba.jobs.web.problem;

import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.test.StepVerifier;

class ProblemHandlerTest {
  private final ProblemHandler handler = new ProblemHandler();

  /** The headers of such an answer are out, so setting them would hide what has happened. */
  @Test
  void whatEndsAnAnswerUnderWayIsPassedOn() {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(MockServerHttpRequest.get("/v1/jobs/1/events"));
    exchange.getResponse().setComplete().block();
    IllegalStateException thrown = new IllegalStateException("the stream broke");
    StepVerifier.create(handler.handle(thrown, exchange)).verifyErrorMatches(e -> e == thrown);
  }
}
