package org.omnimamba.jobs.web.webhooks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.OpenAiEvent;
import org.omnimamba.jobs.job.WebhookEvent;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.webhooks.WebhookViews.EndpointChange;
import org.omnimamba.jobs.web.webhooks.WebhookViews.NewEndpoint;
import org.omnimamba.jobs.webhook.WebhookEndpoints.Change;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.RefusedAddressException;

/** Checks what is asked of receivers. */
final class EndpointRequests {
  static final String ENABLED = "enabled";
  static final String DISABLED = "disabled";
  private static final int MAX_DESCRIPTION = 256;

  /** What a receiver can be told of: the ends of jobs and of what OpenAI defines. */
  private static final List<String> EVENTS =
      Stream.of(WebhookEvent.wireNames(), OpenAiEvent.wireNames()).flatMap(List::stream).toList();

  private final AddressPolicy policy;

  EndpointRequests(AddressPolicy policy) {
    this.policy = policy;
  }

  /** The checked values of a new receiver. */
  record Checked(String url, List<String> events, @Nullable String description) {}

  /**
   * Checks a new receiver.
   *
   * @throws Problem with everything that is wrong
   */
  Checked check(NewEndpoint request) {
    List<MemberError> errors = new ArrayList<>();
    if (request.url() == null) {
      errors.add(new MemberError("/url", "is required"));
    }
    List<String> events = request.events() == null ? EVENTS : events(request.events(), errors);
    checkDescription(request.description(), errors);
    if (!errors.isEmpty() || request.url() == null) {
      throw Problem.validation(errors);
    }
    checkUrl(request.url());
    return new Checked(request.url(), events, request.description());
  }

  /**
   * Checks a change of a receiver.
   *
   * @throws Problem with everything that is wrong
   */
  Change check(EndpointChange request) {
    List<MemberError> errors = new ArrayList<>();
    List<String> events = request.events() == null ? null : events(request.events(), errors);
    checkDescription(request.description(), errors);
    String status = request.status();
    if (status != null && !status.equals(ENABLED) && !status.equals(DISABLED)) {
      errors.add(new MemberError("/status", "must be enabled or disabled"));
    }
    if (!errors.isEmpty()) {
      throw Problem.validation(errors);
    }
    if (request.url() != null) {
      checkUrl(request.url());
    }
    return new Change(
        request.url(),
        events,
        request.description(),
        status == null ? null : status.equals(ENABLED));
  }

  private void checkUrl(String url) {
    try {
      policy.check(url);
    } catch (RefusedAddressException e) {
      throw new Problem(ProblemType.ADDRESS_REFUSED, "The address of the webhook is refused.")
          .with("errors", List.of(new MemberError("/url", String.valueOf(e.getMessage()))));
    }
  }

  private static List<String> events(List<@Nullable String> given, List<MemberError> errors) {
    Set<String> events = new LinkedHashSet<>();
    for (String event : given) {
      if (event == null || !EVENTS.contains(event)) {
        errors.add(new MemberError("/events", "must be of " + String.join(", ", EVENTS)));
        return List.of();
      }
      events.add(event);
    }
    if (events.isEmpty()) {
      errors.add(new MemberError("/events", "must not be empty"));
    }
    return List.copyOf(events);
  }

  private static void checkDescription(@Nullable String text, List<MemberError> errors) {
    if (text != null && (text.length() > MAX_DESCRIPTION || text.indexOf('\0') >= 0)) {
      errors.add(
          new MemberError(
              "/description", "must be a text of at most " + MAX_DESCRIPTION + " characters"));
    }
  }
}
