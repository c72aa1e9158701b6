package org.omnimamba.model.checkpoint.torch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Dict;
import org.omnimamba.model.checkpoint.torch.PickleObjects.None;
import org.omnimamba.model.checkpoint.torch.PickleObjects.PickleList;

/**
 * Reads one pickle. A pickle is a program for a small stack machine; the instructions run here make
 * texts, numbers, lists, dicts, storages and tensors, and any other is refused. No instruction
 * copies a value that another may have named before, so time goes with the number of instructions;
 * what all of them allocate is charged to an {@link AllocationBudget} first.
 */
final class Unpickler {
  private static final int MAX_NAME_LENGTH = 256;
  private static final int MAX_LONG_BYTES = 16;

  /** Some thirty are needed per tensor. */
  private static final int MAX_INSTRUCTIONS = 1 << 21;

  // bytes that are charged
  private static final int REFERENCE = 16;
  private static final int NUMBER = 40;
  private static final int TEXT = 64;
  private static final int TEXT_BYTE = 4; // the bytes, the characters and the text at once
  private static final int LIST = 64;
  private static final int DICT = 192;
  private static final int ITEM = 64;
  private static final int NAME = 2 * (TEXT + MAX_NAME_LENGTH / 8);
  private static final int CALL = 1024;

  /** Stands on the stack where a collection begins. */
  private static final Object MARK = new Object();

  private final PickleInput in;
  private final AllocationBudget budget;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private Unpickler(PickleInput in) {
    this.in = in;
    this.budget = new AllocationBudget(in);
  }

  /**
   * @param file as the error messages call it
   * @param in read up to the end of the pickle
   * @throws CheckpointException if the pickle is damaged or holds anything else
   */
  static Object read(String file, PickleInput in) {
    try {
      return new Unpickler(in).run();
    } catch (IllegalArgumentException e) {
      throw new CheckpointException("%s is refused: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Object run() {
    for (int done = 0; done < MAX_INSTRUCTIONS; done++) {
      long position = in.position();
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        Object result = pop();
        if (!stack.isEmpty()) {
          throw new IllegalArgumentException("its pickle leaves values behind");
        }
        return result;
      }
      boolean known =
          pushConstant(opcode) || buildCollection(opcode) || useMemo(opcode) || callAllowed(opcode);
      if (!known) {
        throw new IllegalArgumentException(
            "its pickle has instruction 0x%02x at byte %d, which no state dict needs"
                .formatted(opcode, position));
      }
    }
    throw new IllegalArgumentException(
        "its pickle has more than %d instructions".formatted(MAX_INSTRUCTIONS));
  }

  private boolean pushConstant(int opcode) {
    switch (opcode) {
      case 0x80 -> in.unsignedByte(); // PROTO
      case 0x95 -> in.signedLong(); // FRAME
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> pushNumber((long) in.unsignedByte());
      case 'M' -> pushNumber((long) in.unsignedShort());
      case 'J' -> pushNumber((long) in.signedInt());
      case 0x8a -> pushNumber(integer(in.unsignedByte()));
      case 'G' -> pushNumber(in.bigEndianDouble());
      case 'X' -> pushText(Integer.toUnsignedLong(in.signedInt()));
      case 0x8c -> pushText(in.unsignedByte());
      case 0x8d -> pushText(in.signedLong());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean buildCollection(int opcode) {
    switch (opcode) {
      case '(' -> push(MARK);
      case ')' -> {
        budget.charge(LIST);
        push(PickleList.tuple(List.of()));
      }
      case ']' -> {
        budget.charge(LIST);
        push(PickleList.list());
      }
      case '}' -> {
        budget.charge(DICT);
        push(new Dict());
      }
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case 't' -> push(PickleList.tuple(popToMark()));
      case 'a' -> appendAll(List.of(pop()));
      case 'e' -> appendAll(popToMark());
      case 's' -> {
        Object value = pop();
        putAll(List.of(pop(), value));
      }
      case 'u' -> putAll(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean useMemo(int opcode) {
    switch (opcode) {
      case 'q' -> memoize(in.unsignedByte());
      case 'r' -> memoize(in.signedInt());
      case 0x94 -> memoize(memo.size());
      case 'h' -> push(recall(in.unsignedByte()));
      case 'j' -> push(recall(in.signedInt()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean callAllowed(int opcode) {
    switch (opcode) {
      case 'c' -> {
        budget.charge(NAME);
        push(TorchGlobals.allowed(in.line(MAX_NAME_LENGTH), in.line(MAX_NAME_LENGTH)));
      }
      case 0x93 -> {
        budget.charge(NAME);
        String name = popText();
        push(TorchGlobals.allowed(popText(), name));
      }
      case 'R' -> {
        budget.charge(CALL);
        Object arguments = pop();
        push(TorchGlobals.call(pop(), arguments));
      }
      case 'Q' -> {
        budget.charge(ITEM);
        push(TorchGlobals.storage(pop()));
      }
      case 'b' -> ignoreAttributes();
      default -> {
        return false;
      }
    }
    return true;
  }

  /** A state dict carries {@code _metadata}, which says nothing that is needed. */
  private void ignoreAttributes() {
    if (!(pop() instanceof Dict) || !(peek() instanceof Dict)) {
      throw new IllegalArgumentException(
          "its pickle sets the state of something other than a dict");
    }
  }

  private Object integer(int bytes) {
    if (bytes > MAX_LONG_BYTES) {
      throw new IllegalArgumentException("its pickle has a number of %d bytes".formatted(bytes));
    }
    if (bytes == 0) {
      return 0L;
    }
    byte[] bigEndian = new byte[bytes];
    byte[] littleEndian = in.bytes(bytes);
    for (int i = 0; i < bytes; i++) {
      bigEndian[i] = littleEndian[bytes - 1 - i];
    }
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private void pushNumber(Object number) {
    budget.charge(NUMBER);
    push(number);
  }

  private void pushText(long utf8Bytes) {
    // a text that is longer than the pickle is refused by the reader
    budget.charge(TEXT + TEXT_BYTE * Math.max(0, Math.min(utf8Bytes, in.remaining())));
    push(in.text(utf8Bytes));
  }

  private void memoize(int index) {
    budget.charge(ITEM);
    memo.put(index, peek());
  }

  private PickleList tuple(int size) {
    budget.charge(LIST + (long) REFERENCE * size);
    List<Object> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.add(0, pop());
    }
    return PickleList.tuple(items);
  }

  private void appendAll(List<Object> items) {
    if (!(peek() instanceof PickleList list) || !list.mutable) {
      throw new IllegalArgumentException("its pickle appends to something that is not a list");
    }
    budget.charge((long) REFERENCE * items.size());
    list.items.addAll(items);
  }

  private void putAll(List<Object> items) {
    if (!(peek() instanceof Dict dict) || items.size() % 2 != 0) {
      throw new IllegalArgumentException("its pickle sets items of something that is not a dict");
    }
    budget.charge((long) ITEM * items.size());
    for (int i = 0; i < items.size(); i += 2) {
      TorchGlobals.put(dict, items.get(i), items.get(i + 1));
    }
  }

  private Object recall(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("its pickle uses a value before it is there");
    }
    return value;
  }

  private void push(Object value) {
    budget.charge(REFERENCE);
    stack.add(value);
  }

  private Object peek() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw new IllegalArgumentException("its pickle uses a value that is not there");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object value = peek();
    stack.remove(stack.size() - 1);
    return value;
  }

  private String popText() {
    if (pop() instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("its pickle has a name that is not a text");
  }

  private List<Object> popToMark() {
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (stack.get(i) == MARK) {
        List<Object> tail = stack.subList(i + 1, stack.size());
        budget.charge(LIST + (long) REFERENCE * tail.size());
        List<Object> items = new ArrayList<>(tail);
        stack.subList(i, stack.size()).clear();
        return items;
      }
    }
    throw new IllegalArgumentException("its pickle ends a collection that it never began");
  }
}
