package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.inference.engine.FakeBackend.STATE_BYTES;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.PictureStates.Found;

/** Which states are kept, where, and what a failure leaves of them. */
class PictureStatesTest {
  private static final int SLOT = 0;
  private final FakeBackend backend = new FakeBackend(2, 2);

  @Test
  void theLeastRecentlyUsedLeavesTheDeviceForHostMemoryAndThenIsForgotten() {
    PictureStates states = new PictureStates(backend, 2 * STATE_BYTES + STATE_BYTES / 2);
    keep(states, "a", "b");
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.DEVICE);
    keep(states, "c");
    assertThat(backend.calls("save")).containsExactly("save 3"); // b's
    keep(states, "d", "e");
    // a and c followed b, whose place in host memory the last of them took
    assertThat(states.hostBytes()).isEqualTo(2 * STATE_BYTES);
    assertThat(states.deviceEntries()).isEqualTo(2);
    assertThat(states.restore(key("b"), SLOT)).isEqualTo(Found.NOWHERE);
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.HOST);
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.DEVICE);
  }

  @Test
  void aStateThatIsInHostMemoryAlreadyIsNotReadAgain() {
    PictureStates states = new PictureStates(backend, 10 * STATE_BYTES);
    keep(states, "a", "b", "c", "d");
    for (int round = 0; round < 3; round++) {
      for (String name : new String[] {"a", "b", "c", "d"}) {
        assertThat(states.restore(key(name), SLOT)).isEqualTo(Found.HOST);
      }
    }
    assertThat(backend.calls("save")).hasSize(4);
    assertThat(states.hostBytes()).isEqualTo(4 * STATE_BYTES);
  }

  @Test
  void aSmallHostMemoryIsForStatesThatWereAskedForAgain() {
    PictureStates states = new PictureStates(backend, STATE_BYTES);
    keep(states, "a", "b");
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.DEVICE);
    keep(states, "c"); // in b's place
    assertThat(backend.calls("save")).isEmpty();
    assertThat(states.restore(key("b"), SLOT)).isEqualTo(Found.NOWHERE);
    keep(states, "d"); // in a's
    assertThat(backend.calls("save")).containsExactly("save 2");
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.HOST);
    // it has its copy there still, whoever takes its place on the device
    keep(states, "e", "f");
    assertThat(backend.calls("save")).hasSize(1);
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.HOST);
  }

  @Test
  void eachPlaceCanBeSwitchedOff() {
    PictureStates onlyDevice = new PictureStates(backend, STATE_BYTES - 1);
    assertThat(onlyDevice.enabled()).isTrue();
    keep(onlyDevice, "a", "b", "c");
    assertThat(backend.calls("save")).isEmpty();
    assertThat(onlyDevice.restore(key("a"), SLOT)).isEqualTo(Found.NOWHERE);

    PictureStates onlyHost = new PictureStates(new FakeBackend(2), STATE_BYTES);
    assertThat(onlyHost.enabled()).isTrue();
    keep(onlyHost, "a");
    assertThat(onlyHost.restore(key("a"), SLOT)).isEqualTo(Found.HOST);
    keep(onlyHost, "b");
    assertThat(onlyHost.restore(key("a"), SLOT)).isEqualTo(Found.NOWHERE);

    assertThat(new PictureStates(new FakeBackend(2), 0).enabled()).isFalse();
  }

  @Test
  void aFailedCopyKeepsNothingAndLosesNoSlot() {
    PictureStates states = new PictureStates(backend, 0);
    AtomicBoolean broken = new AtomicBoolean(true);
    backend.beforeCopy(() -> failIf(broken));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> states.keep(key("a"), SLOT)).hasMessage("injected");
      assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.NOWHERE);
    }
    broken.set(false);
    keep(states, "a", "b");
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.DEVICE);
    assertThat(states.restore(key("b"), SLOT)).isEqualTo(Found.DEVICE);
  }

  @Test
  void aStateThatCannotBeReadIsNotKeptAndFailsNobody() {
    PictureStates states = new PictureStates(backend, 10 * STATE_BYTES);
    backend.beforeSave(
        () -> {
          throw new OutOfMemoryError("injected");
        });
    keep(states, "a", "b", "c");
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.NOWHERE);
    assertThat(states.restore(key("c"), SLOT)).isEqualTo(Found.DEVICE);
    assertThat(states.hostBytes()).isZero();
  }

  @Test
  void aStateThatCannotBeBroughtBackIsForgotten() {
    PictureStates states = new PictureStates(backend, 10 * STATE_BYTES);
    keep(states, "a", "b", "c");
    AtomicBoolean broken = new AtomicBoolean(true);
    backend.beforeRestore(() -> failIf(broken));
    assertThatThrownBy(() -> states.restore(key("a"), SLOT)).hasMessage("injected");
    broken.set(false);
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.NOWHERE);
    assertThat(states.hostBytes()).isZero();
  }

  @Test
  void afterAFailureOnlyHostMemoryIsTrusted() {
    PictureStates states = new PictureStates(backend, 10 * STATE_BYTES);
    keep(states, "a", "b", "c");
    states.forgetDevice();
    assertThat(states.deviceEntries()).isZero();
    assertThat(states.restore(key("c"), SLOT)).isEqualTo(Found.NOWHERE);
    assertThat(states.restore(key("a"), SLOT)).isEqualTo(Found.HOST);
    keep(states, "c", "d");
    assertThat(states.deviceEntries()).isEqualTo(2);
  }

  private static void failIf(AtomicBoolean broken) {
    if (broken.get()) {
      throw new IllegalStateException("injected");
    }
  }

  private static void keep(PictureStates states, String... names) {
    for (String name : names) {
      states.keep(key(name), SLOT);
    }
  }

  private static PictureKey key(String name) {
    return new PictureKey(name);
  }
}
