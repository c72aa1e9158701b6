package org.omnimamba.jobs.web;

import java.util.List;
import java.util.Optional;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * Conditional reads (RFC 9110, 13): {@code If-Match} is compared strongly and answered with 412,
 * {@code If-None-Match} weakly and answered with 304; both know lists and {@code *}. {@code
 * If-Range} is compared strongly. To be asked once it is known that there is something to read.
 */
public final class Conditions {
  private Conditions() {}

  /**
   * The answer 304 when the client has what it asks for already, else empty.
   *
   * @param tag the strong entity tag of what there is, with its quotes
   * @throws Problem 412 when {@code If-Match} names others only
   */
  public static <T> Optional<ResponseEntity<T>> notModified(HttpHeaders request, String tag) {
    ETag current = ETag.create(tag);
    List<ETag> expected = tags(request, HttpHeaders.IF_MATCH);
    if (request.containsHeader(HttpHeaders.IF_MATCH) && !anyMatches(expected, current, true)) {
      throw new Problem(
              ProblemType.PRECONDITION_FAILED, "It has another entity tag than If-Match names.")
          .withHeader(HttpHeaders.ETAG, tag);
    }
    return anyMatches(tags(request, HttpHeaders.IF_NONE_MATCH), current, false)
        ? Optional.of(ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(tag).build())
        : Optional.empty();
  }

  /**
   * Whether {@code Range} is to be looked at: not if {@code If-Range} names another version. A time
   * is no version here, since no answer tells one.
   *
   * @param tag the strong entity tag of what there is, with its quotes
   */
  public static boolean rangeIsMeant(HttpHeaders request, String tag) {
    return request.getOrEmpty(HttpHeaders.IF_RANGE).stream().allMatch(tag::equals);
  }

  private static boolean anyMatches(List<ETag> given, ETag current, boolean strong) {
    return given.stream().anyMatch(tag -> tag.isWildcard() || tag.compare(current, strong));
  }

  private static List<ETag> tags(HttpHeaders request, String header) {
    return request.getOrEmpty(header).stream().flatMap(line -> ETag.parse(line).stream()).toList();
  }
}
