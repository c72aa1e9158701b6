package org.omnimamba.gateway.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** What is forgotten when, in memory; and names that end with the pictures they stand for. */
class MemoryPicturesTest {
  private final SetClock clock = new SetClock();
  private final MemoryPictures pictures =
      new MemoryPictures(
          new PictureProperties(
              null, Duration.ofHours(1), DataSize.ofBytes(30), DataSize.ofBytes(50)),
          clock);
  private final PictureLinks links = new PictureLinks(List.of("a secret of all gateways"), clock);

  private static final class SetClock extends Clock {
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private void put(String id, String tenant) {
    pictures
        .put(id, tenant, new Picture(new byte[10]), clock.instant().plus(Duration.ofHours(1)))
        .block();
  }

  private boolean has(String id) {
    return pictures.find(id).blockOptional().isPresent();
  }

  @Test
  void aTenantLosesItsOwnOldestFirst() {
    put("a1", "a");
    put("b1", "b");
    put("a2", "a");
    put("a3", "a");
    put("a4", "a");
    assertThat(has("a1")).isFalse();
    assertThat(has("b1")).isTrue();
    assertThat(has("a2") && has("a3") && has("a4")).isTrue();
  }

  @Test
  void allTogetherLoseTheOldest() {
    for (String tenant : new String[] {"a", "b", "c", "d", "e", "f"}) {
      put(tenant, tenant);
    }
    assertThat(has("a")).isFalse();
    assertThat(has("b") && has("f")).isTrue();
  }

  @Test
  void aPictureAndItsNameEndAtTheSameTime() {
    Instant expires = clock.instant().plus(Duration.ofHours(1));
    String id = links.newId();
    Picture picture = new Picture(new byte[10]);
    pictures.put(id, "a", picture, expires).block();
    String name = links.name(id, expires, picture);
    clock.now = expires.minusSeconds(1);
    assertThat(links.read(name)).contains(new PictureLinks.Named(id, expires));
    assertThat(has(id)).isTrue();
    clock.now = expires;
    assertThat(links.read(name)).isEmpty();
    assertThat(has(id)).isFalse();
  }

  @Test
  void gatewaysOfOneSecretKnowEachOthersNamesAndNobodyElses() {
    Instant expires = clock.instant().plusSeconds(60);
    String name = links.name(links.newId(), expires, new Picture(new byte[1]));
    assertThat(new PictureLinks(List.of("a secret of all gateways"), clock).read(name)).isPresent();
    assertThat(new PictureLinks(List.of("another secret"), clock).read(name)).isEmpty();
    // After a change of the secret, addresses that the previous one signed stay valid.
    assertThat(
            new PictureLinks(List.of("another secret", "a secret of all gateways"), clock)
                .read(name))
        .isPresent();
    assertThat(links.read(name.replace(".png", ""))).isEmpty();
    assertThat(links.read("0".repeat(32) + ".9999999999." + "0".repeat(32) + ".png")).isEmpty();
  }
}
