package org.omnimamba.web.usage;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.http.Probes;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What a request carries through the platform so that its use can be counted.
 *
 * @param key names the key that it came with, {@value #UNKNOWN} if none is named
 * @param ticket under which inference-service remembers what was made, or null
 */
public record UsageOrigin(String key, @Nullable String ticket) {
  /** Stands for a key that is not known, such as that of a job from before keys were noted. */
  public static final String UNKNOWN = "unknown";

  /** Where inference-service tells what was made under the ticket that follows. */
  public static final String REMEMBERED = Probes.ABOUT_USAGE;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern TICKET = Pattern.compile("[0-9a-z]{1,64}");
  private static final UsageOrigin NOBODY = new UsageOrigin(UNKNOWN, null);

  /** What the gateway's headers say; what is not valid counts as absent. */
  public static UsageOrigin of(HttpHeaders headers) {
    String key = valid(headers.getFirst(PlatformHeaders.KEY), KEY);
    return new UsageOrigin(
        key == null ? UNKNOWN : key, valid(headers.getFirst(PlatformHeaders.USAGE_TICKET), TICKET));
  }

  private static @Nullable String valid(@Nullable String value, Pattern form) {
    return value != null && form.matcher(value).matches() ? value : null;
  }

  /** Of the request that the caller is part of. */
  public static UsageOrigin of(ContextView context) {
    return context.<UsageOrigin>getOrEmpty(UsageOrigin.class).orElse(NOBODY);
  }

  /** Of the request that the subscriber is part of. */
  public static Mono<UsageOrigin> current() {
    return Mono.deferContextual(context -> Mono.just(of(context)));
  }

  /** The context with this in it. */
  public Context in(Context context) {
    return context.put(UsageOrigin.class, this);
  }
}
