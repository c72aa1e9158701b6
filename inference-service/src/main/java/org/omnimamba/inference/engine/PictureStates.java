package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.omnimamba.inference.engine.ModelBackend.SlotSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * States after pictures that have been read, so that another question on a picture need not read it
 * again. The ones used last are in the backend's spare slots; from there they go to host memory,
 * and from there they are forgotten. A state that was brought back from host memory stays there
 * too: it never changes, so leaving the device again costs nothing. Where host memory has room for
 * fewer states than the device, only those go there that were asked about again. Engine thread
 * only.
 */
final class PictureStates {
  private static final Logger log = LoggerFactory.getLogger(PictureStates.class);

  /** Where a state was found. */
  enum Found {
    DEVICE,
    HOST,
    NOWHERE
  }

  private final ModelBackend backend;
  private final long hostLimit;

  /** Both in the order of use, the oldest first. */
  private final Map<PictureKey, Integer> onDevice = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<PictureKey, SlotSnapshot> onHost = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<Integer> freeSlots = new ArrayDeque<>();

  /** Of those on the device, which ones a later question has found. */
  private final Set<PictureKey> askedAgain = new HashSet<>();

  private long hostBytes;

  /**
   * @param hostLimit bytes of host memory for states; 0 keeps none there
   */
  PictureStates(ModelBackend backend, long hostLimit) {
    this.backend = backend;
    this.hostLimit = hostLimit;
    for (int i = 0; i < backend.spareSlots(); i++) {
      freeSlots.add(backend.slots() + i);
    }
  }

  /** Whether any state can be kept. */
  boolean enabled() {
    return backend.spareSlots() > 0 || fitsOnHost();
  }

  /** Where {@link #restore} would find a state; changes nothing. */
  Found where(PictureKey key) {
    if (onDevice.containsKey(key)) {
      return Found.DEVICE;
    }
    return onHost.containsKey(key) ? Found.HOST : Found.NOWHERE;
  }

  private boolean fitsOnHost() {
    return backend.stateBytes() <= hostLimit;
  }

  /**
   * Brings a kept state into a sequence's slot.
   *
   * @return where it was; {@code NOWHERE} leaves the slot as it is
   * @throws RuntimeException if the device failed; the slot's state is unknown then
   */
  Found restore(PictureKey key, int slot) {
    Integer kept = onDevice.get(key);
    if (kept != null) {
      askedAgain.add(key);
      backend.copyState(kept, slot);
      return Found.DEVICE;
    }
    SlotSnapshot saved = onHost.get(key);
    if (saved == null) {
      return Found.NOWHERE;
    }
    try {
      backend.restore(slot, saved);
    } catch (RuntimeException | Error e) {
      forgetOnHost(key); // or it would fail every question on this picture
      throw e;
    }
    keep(key, slot);
    if (onDevice.containsKey(key)) {
      askedAgain.add(key);
    }
    return Found.HOST;
  }

  /**
   * Keeps what a slot holds now.
   *
   * @return whether a state went to host memory, which takes its time
   * @throws RuntimeException if the device failed; nothing is kept under the key then
   */
  boolean keep(PictureKey key, int slot) {
    if (backend.spareSlots() == 0) {
      return !onHost.containsKey(key) && saveToHost(key, slot);
    }
    if (onDevice.containsKey(key)) {
      return false;
    }
    boolean saved = freeSlots.isEmpty() && evictOldest();
    int spare = freeSlots.remove();
    try {
      backend.copyState(slot, spare);
    } catch (RuntimeException | Error e) {
      freeSlots.add(spare);
      throw e;
    }
    onDevice.put(key, spare);
    return saved;
  }

  /** Frees a spare slot; true if its state went to host memory. */
  private boolean evictOldest() {
    Iterator<Map.Entry<PictureKey, Integer>> oldest = onDevice.entrySet().iterator();
    Map.Entry<PictureKey, Integer> entry = oldest.next();
    PictureKey key = entry.getKey();
    int slot = entry.getValue();
    oldest.remove();
    freeSlots.add(slot);
    boolean again = askedAgain.remove(key);
    return (again || hostIsLarge()) && !onHost.containsKey(key) && saveToHost(key, slot);
  }

  /**
   * Whether host memory holds as many states as the device. If it does not, a state that nobody has
   * asked about again is not worth the time of its way there: it would soon make room for the next.
   */
  private boolean hostIsLarge() {
    return hostLimit / backend.stateBytes() >= backend.spareSlots();
  }

  /** Reading changes nothing on the device, so if it fails, only this state is not kept. */
  private boolean saveToHost(PictureKey key, int slot) {
    if (!fitsOnHost()) {
      return false;
    }
    makeRoomOnHost();
    SlotSnapshot saved;
    try {
      saved = backend.save(slot);
    } catch (RuntimeException | OutOfMemoryError e) {
      log.warn("A picture's state could not be kept in host memory: {}", e.toString());
      return false;
    }
    onHost.put(key, saved);
    hostBytes += backend.stateBytes();
    return true;
  }

  private void makeRoomOnHost() {
    Iterator<PictureKey> oldest = onHost.keySet().iterator();
    while (hostBytes + backend.stateBytes() > hostLimit) {
      oldest.next();
      oldest.remove();
      hostBytes -= backend.stateBytes();
    }
  }

  private void forgetOnHost(PictureKey key) {
    if (onHost.remove(key) != null) {
      hostBytes -= backend.stateBytes();
    }
  }

  /**
   * Forgets all states on the device: after a failure there they may be wrong, and no later check
   * would show it.
   */
  void forgetDevice() {
    freeSlots.addAll(onDevice.values());
    onDevice.clear();
    askedAgain.clear();
  }

  int deviceEntries() {
    return onDevice.size();
  }

  long hostBytes() {
    return hostBytes;
  }
}
