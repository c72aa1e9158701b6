package org.omnimamba.gateway.streaming;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Walks over JSON documents byte by byte, however the network cuts them, and tells of members as
 * they pass. Between documents there may be anything but a brace: the lines of server-sent events,
 * for one. It checks nothing: of what is no JSON it tells something or nothing, and never fails.
 */
final class JsonWalk {
  private static final int LONGEST_NAME = 32;
  private static final int DEEPEST = 64;
  private static final long LARGEST = Long.MAX_VALUE / 16;

  private final Listener listener;

  /** Names of the objects and arrays that are open, innermost first; empty for one without. */
  private final Deque<String> open = new ArrayDeque<>();

  /** How many more are open than are kept. */
  private int deeper;

  private final byte[] text = new byte[LONGEST_NAME];
  private int length;
  private boolean inString;
  private boolean escaped;
  private boolean afterString;
  private String name = "";
  private boolean inNumber;
  private long number;

  JsonWalk(Listener listener) {
    this.listener = listener;
  }

  /** Hears of members; {@code object} is the name of the object that has them. */
  interface Listener {
    /** A whole number; the fraction of another one is left out. */
    void number(String object, String name, long value);

    /** A string. */
    void string(String object, String name, boolean empty);

    /** All members of an object have passed. */
    void end(String object);
  }

  /** How many objects and arrays are open, the one that is told of among them. */
  int depth() {
    return open.size() + deeper;
  }

  void next(byte next) {
    if (inString) {
      inString(next);
      return;
    }
    if (inNumber && next >= '0' && next <= '9') {
      number = Math.min(LARGEST, number * 10 + (next - '0'));
      return;
    }
    endNumber();
    switch (next) {
      case '"' -> {
        inString = !open.isEmpty();
        length = 0;
      }
      case ':' -> {
        name = afterString ? lastString() : "";
        afterString = false;
      }
      case '{' -> begin(name);
      case '[' -> {
        if (!open.isEmpty()) {
          begin("");
        }
      }
      case '}', ']' -> end();
      case ',' -> endMember();
      default -> {
        if (next >= '0' && next <= '9' && !name.isEmpty()) {
          inNumber = true;
          number = next - '0';
        }
      }
    }
  }

  private void inString(byte next) {
    if (escaped) {
      escaped = false;
    } else if (next == '\\') {
      escaped = true;
    } else if (next == '"') {
      inString = false;
      afterString = true;
      return;
    }
    if (length < LONGEST_NAME) {
      text[length] = next;
    }
    length++;
  }

  /** The last string, if it is short enough for a name that anybody asks for. */
  private String lastString() {
    return length > LONGEST_NAME ? "" : new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private void begin(String called) {
    if (open.size() < DEEPEST) {
      open.push(called);
    } else {
      deeper++;
    }
    name = "";
    afterString = false;
  }

  private void end() {
    endMember();
    if (deeper > 0) {
      deeper--;
    } else if (!open.isEmpty()) {
      listener.end(open.pop());
    }
  }

  private void endMember() {
    if (afterString && !name.isEmpty() && !open.isEmpty()) {
      listener.string(open.peek(), name, length == 0);
    }
    afterString = false;
    name = "";
  }

  private void endNumber() {
    if (inNumber) {
      inNumber = false;
      listener.number(open.isEmpty() ? "" : open.peek(), name, number);
      name = "";
    }
  }
}
